// SPDX-License-Identifier: MIT OR Apache-2.0
/** The three forms in which the daemon runs, each from a copy that no other process has mapped. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  fdatasyncSync,
  closeSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync
} from "node:fs"
import { join } from "node:path"
import { execPath } from "node:process"

const root = join(import.meta.dirname, "..")
const dist = join(root, "dist")
const built = [join(dist, "blufio.mjs"), join(dist, "blufio")]

export interface Artifact {
  readonly name: "source" | "bundle" | "executable"
  /** The program that the kernel runs: a copy of Node, or of the executable. */
  readonly binary: string
  /** What stands between the program and Blufio's own arguments. */
  readonly args: ReadonlyArray<string>
}

const changedAt = (file: string) => statSync(file).mtimeMs

const isStale = () => {
  const inputs = [...globSync("src/**/*.*", { cwd: root }), "package.json", "scripts/build.mjs"]
  const newest = Math.max(...inputs.map((file) => changedAt(join(root, file))))
  return built.some((file) => !existsSync(file) || changedAt(file) < newest)
}

const build = Effect.gen(function* () {
  yield* Console.error("building, since the artifacts are missing or older than the source")
  const { status } = spawnSync(execPath, [join(root, "scripts/build.mjs")], {
    stdio: ["ignore", 2, 2]
  })
  if (status !== 0) return yield* Effect.die("the build failed")
})

/** Written out, so that `dropFromCache` may drop it: pages that are still dirty stay. */
const copy = (from: string, to: string) => {
  copyFileSync(from, to)
  const file = openSync(to, "r+")
  fdatasyncSync(file)
  closeSync(file)
  return to
}

/**
 * A file that was just written lies in the page cache in large pieces, and one fault maps a whole
 * piece: the same process then seems to take twice the memory. `dd` asks for POSIX_FADV_DONTNEED.
 */
export const dropFromCache = ({ binary }: Artifact) =>
  Effect.sync(() => {
    spawnSync("dd", [`if=${binary}`, "iflag=nocache", "count=0", "status=none"])
  })

/** As `scripts/start.mjs` starts Node; the executable carries its own. */
const nodeFlags = ["--max-semi-space-size=1", "--no-experimental-webstorage"]

/** Copies that are gone with the scope: pages shared with another process would count for less. */
export const make = Effect.gen(function* () {
  if (isStale()) yield* build
  // Beside the artifacts and not in a temporary folder, which may lie in memory.
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => {
      mkdirSync(dist, { recursive: true })
      return mkdtempSync(join(dist, ".bench-"))
    }),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const node = copy(execPath, join(folder, "node"))
  const bundle = copy(built[0]!, join(folder, "blufio.mjs"))
  const executable = copy(built[1]!, join(folder, "blufio"))
  const artifacts: ReadonlyArray<Artifact> = [
    { name: "source", binary: node, args: [...nodeFlags, join(root, "src/cli/main.ts")] },
    { name: "bundle", binary: node, args: [...nodeFlags, bundle] },
    { name: "executable", binary: executable, args: [] }
  ]
  return artifacts
})
