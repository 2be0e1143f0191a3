// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keeps the dependency arrows pointing one way, effects unrun outside the process, and files small. */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const root = join(import.meta.dirname, "../src")
const files = globSync("**/*.ts", { cwd: root }).toSorted()

const mayImport: Record<string, ReadonlyArray<string>> = {
  domain: ["domain"],
  services: ["domain", "services"],
  api: ["domain", "api"],
  programs: ["domain", "services", "programs"],
  layers: ["domain", "services", "api", "layers"],
  cli: ["domain", "services", "api", "layers", "programs", "cli"],
  "index.ts": ["domain", "services", "api", "layers", "programs"]
}

const specifiers = (source: string) =>
  [...source.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier!)

/** Where an import of our own leads, from `src`; undefined for packages and for what lies outside. */
const targetOf = (file: string, specifier: string) => {
  if (!specifier.startsWith(".")) return undefined
  const path = relative(root, join(root, dirname(file), specifier))
  return path.startsWith("..") ? undefined : path
}

/** The names of groups are in lower case, those of modules are not. */
const isBarrel = (specifier: string) =>
  specifier === "effect" || /^(?:effect|@effect\/[a-z-]+)\/[a-z][a-z-]*$/.test(specifier)

const runners =
  /\bEffect\.(?:provide|run(?:Promise|Sync|Fork|Callback)\w*)\s*\(|\bManagedRuntime\.make\b|\brunMain\b/

const codeLines = (source: string) =>
  source
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length

describe.each(files)("architecture: %s", (file) => {
  const source = readFileSync(join(root, file), "utf8")
  const from = file.split("/")[0]!

  it("lies in a known folder and imports along the arrows", () => {
    const allowed = mayImport[from]
    assert.isDefined(allowed, `${file} lies in no folder of the house`)
    for (const specifier of specifiers(source)) {
      const target = targetOf(file, specifier)
      if (target === undefined) continue
      assert.include(allowed, target.split("/")[0]!, `${file} must not import ${target}`)
    }
  })

  it("leaves providing and running to the command line", () => {
    if (from === "cli") return
    assert.isNull(runners.exec(source), `${file} provides layers or runs effects itself`)
  })

  it("imports modules, not groups", () => {
    assert.deepStrictEqual(specifiers(source).filter(isBarrel), [])
  })

  it("has at most 400 lines of code", () => {
    assert.isAtMost(codeLines(source), 400)
  })
})

describe("architecture", () => {
  it("knows a group from a module", () => {
    const barrels = ["effect", "effect/sql", "effect/http-api", "@effect/platform-node/index"]
    const modules = ["effect/Effect", "effect/sql/SqlClient", "@effect/platform-node/NodeRuntime"]
    assert.deepStrictEqual([...barrels, ...modules].filter(isBarrel), barrels)
  })

  it("knows a run from a mere word", () => {
    const runs = ["Effect.provide(x)", "Effect.runSync(x)", "Effect.runPromiseWith(c)(x)"]
    const fine = ["Effect.provideService(x)", "Effect.provideContext(x)", "Layer.provide(x)"]
    assert.deepStrictEqual(
      [...runs, ...fine].filter((code) => runners.test(code)),
      runs
    )
  })

  it("reads every kind of import", () => {
    const source = `import "./a.ts"\nexport * from "./b.ts"\nimport { c } from "./c.ts"\nimport("./d.ts")`
    assert.deepStrictEqual(specifiers(source), ["./a.ts", "./b.ts", "./c.ts", "./d.ts"])
  })
})
