// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Builds `dist/blufio.mjs` (one file for any machine with Node 26) and `dist/blufio` (one executable
 * for this platform, Node included).
 *
 * Usage: node scripts/build.mjs [--bundle] [--entry FILE] [--out FOLDER]
 */
import { spawnSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { builtinModules } from "node:module"
import { join, relative, resolve } from "node:path"
import { parseArgs } from "node:util"
import { constants, zstdCompressSync } from "node:zlib"
import { rolldown } from "rolldown"
import { parseSync } from "rolldown/utils"

const root = join(import.meta.dirname, "..")
const leastNode = 26

const { values: options } = parseArgs({
  options: {
    bundle: { type: "boolean", default: false },
    entry: { type: "string", default: join(root, "src/cli/main.ts") },
    out: { type: "string", default: join(root, "dist") }
  }
})
const out = resolve(options.out)

const say = (line) => process.stdout.write(`${line}\n`)
class Refusal extends Error {}
const fail = (line) => {
  throw new Refusal(line)
}

const run = (command, args) => {
  const { status, error, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" })
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}

/** One-byte text stays one byte wide in V8's heap: a single wider character doubles the whole source. */
const toAscii = (code) =>
  code.replaceAll(
    /[^\0-\u007F]/g,
    (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, "0")
  )

const isBuiltin = (name) => name.startsWith("node:") || builtinModules.includes(name)

/** Everything is inside the bundle, so nothing but Node itself may be left to import. */
const importsOf = (code, dynamic) => {
  const { program, errors } = parseSync("blufio.mjs", code)
  if (errors.length > 0) fail(`The bundle does not parse: ${errors[0].message}`)
  const imports = program.body.filter((node) => node.type === "ImportDeclaration")
  const names = [...imports.map((node) => node.source.value), ...dynamic]
  const foreign = names.filter((name) => !isBuiltin(name))
  if (foreign.length > 0) fail(`The bundle still imports ${foreign.join(", ")}`)
  return imports
}

const bundle = async () => {
  const problems = []
  const build = await rolldown({
    input: options.entry,
    platform: "node",
    // Old enough that an old Node gets as far as the guard below.
    // `localStorage` is read by a dependency's browser build, and prints a warning.
    transform: { target: "node20", define: { localStorage: "undefined" } },
    onLog: (level, log) => {
      if (level === "warn") problems.push(log.message)
    }
  })
  const { output } = await build.generate({
    format: "esm",
    minify: true,
    codeSplitting: false,
    comments: { legal: false }
  })
  await build.close()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (output.length !== 1) fail(`The bundle has ${output.length} files instead of one`)
  const code = toAscii(output[0].code)
  return { code, imports: importsOf(code, output[0].dynamicImports) }
}

const named = (specifiers) =>
  specifiers
    .filter((specifier) => specifier.type === "ImportSpecifier")
    .map(
      ({ imported, local }) => `${imported.name ?? JSON.stringify(imported.value)}:${local.name}`
    )

/**
 * Static imports are linked before the first line runs, so a module that an old Node lacks would end in
 * a stack trace; and the module records that Node makes of its own modules for them cost 2.5 MB.
 */
const fetchLate = (node) => {
  const module = `process.getBuiltinModule(${JSON.stringify(node.source.value)})`
  const whole = node.specifiers.filter((specifier) => specifier.type !== "ImportSpecifier")
  const names = named(node.specifiers)
  return [
    ...whole.map(({ type, local }) =>
      type === "ImportDefaultSpecifier"
        ? `const ${local.name}=${module};`
        : `const ${local.name}={...${module},default:${module}};`
    ),
    ...(names.length > 0 ? [`const{${names.join(",")}}=${module};`] : [])
  ].join("")
}

const guard = [
  "#!/usr/bin/env node",
  `if(parseInt(process.versions.node)<${leastNode}){`,
  `process.stderr.write("Blufio needs Node ${leastNode} or later; this is Node "+process.versions.node+".\\n");`,
  "process.exit(1)}",
  ""
].join("\n")

const guarded = ({ code, imports }) => {
  let late = ""
  let end = 0
  for (const node of imports) {
    late += code.slice(end, node.start) + fetchLate(node)
    end = node.end
  }
  return guard + late + code.slice(end)
}

/** Node 26 out of node_modules, whatever Node runs this script. */
const findNode = () => {
  const name = `node-${process.platform}-${process.arch}`
  const own = join(root, "node_modules", name, "bin/node")
  if (existsSync(own)) return own
  if (Number.parseInt(process.versions.node, 10) >= leastNode) return process.execPath
  return fail(`The executable needs Node ${leastNode} to be built, and ${name} is not installed`)
}

const executable = (work, main) => {
  const node = findNode()
  const bare = join(work, "node")
  const config = join(work, "sea.json")
  const built = join(work, "blufio")
  cpSync(node, bare, { dereference: true })
  // Before the bundle goes in: stripping the finished file breaks it.
  const unstripped = run("strip", [bare])
  if (unstripped !== undefined) {
    say(`The executable keeps Node's symbols (30 MB more): strip did not work: ${unstripped}`)
    cpSync(node, bare, { dereference: true })
  }
  writeFileSync(
    config,
    JSON.stringify({
      main,
      mainFormat: "module",
      executable: bare,
      output: built,
      disableExperimentalSEAWarning: true,
      // Measured on the daemon: 4 MB less when idle, at least 25 less after 150 turns, for 7 ms of CPU a turn.
      execArgv: ["--max-semi-space-size=1"],
      useCodeCache: true
    })
  )
  const unbuilt = run(node, [`--build-sea=${config}`])
  if (unbuilt !== undefined) fail(`Node could not build the executable: ${unbuilt}`)
  chmodSync(built, 0o755)
  return built
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

const report = (file) => {
  const bytes = readFileSync(file)
  const params = { [constants.ZSTD_c_compressionLevel]: 9, [constants.ZSTD_c_nbWorkers]: 2 }
  const packed = zstdCompressSync(bytes, { params })
  const name = relative(process.cwd(), file)
  say(`${name}: ${megabytes(bytes.length)}, ${megabytes(packed.length)} as .zst`)
}

mkdirSync(out, { recursive: true })
// Beside the result, so that the rename that publishes it stays within one file system.
const work = mkdtempSync(join(out, ".build-"))
const place = (from, name) => {
  const target = join(out, name)
  renameSync(from, target)
  return target
}

try {
  const module = join(work, "blufio.mjs")
  writeFileSync(module, guarded(await bundle()), { mode: 0o755 })
  const artifacts = [place(module, "blufio.mjs")]
  if (!options.bundle) artifacts.push(place(executable(work, join(out, "blufio.mjs")), "blufio"))
  for (const artifact of artifacts) report(artifact)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
