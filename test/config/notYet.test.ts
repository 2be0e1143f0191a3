// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every key either does something or is named at start as not built yet. */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { formatKey, type KeyNode, type KeyPath, knownKeys } from "../../src/domain/settings/keys.ts"
import { notYet, notYetBuilt } from "../../src/domain/settings/notYet.ts"

const root = join(import.meta.dirname, "../../src")

const leaves = (node: KeyNode, path: KeyPath): ReadonlyArray<KeyPath> => {
  if (node._tag === "Leaf") return [path]
  if (node._tag === "Names") return leaves(node.value, [...path, "NAME"])
  return [...node.keys].flatMap(([name, child]) => leaves(child, [...path, name]))
}

const all = leaves(knownKeys, [])

/** Decided while loading: only one value is accepted. */
const decidedByRules = new Set(["storage.engine"])

const sources = globSync("**/*.ts", { cwd: root })
  .filter((file) => !/^domain\/(Settings\.ts|settings\/)|^layers\/config\/|^cli\/config/.test(file))
  .map((file) => readFileSync(join(root, file), "utf8"))

/** A name that other things have too counts only together with its section's. */
const readerOf = (path: KeyPath): RegExp => {
  const named = path.indexOf("NAME")
  const key = named === -1 ? path : path.slice(0, named)
  const [name, section] = [key.at(-1) ?? "", key.at(-2) ?? ""]
  if (name.includes("_")) return new RegExp(String.raw`\b${name}\b`)
  return new RegExp(
    String.raw`\b${section}\??\.${name}\b|\b${name}\b[^{}]*\} = [\w.]*\b${section}\b`
  )
}

describe("keys that are not built yet", () => {
  const built = all.filter((path) => notYetBuilt([formatKey(path)]).length === 0)

  it.each(built.map((path) => ({ key: formatKey(path), path })))(
    "$key has a reader",
    ({ key, path }) => {
      if (decidedByRules.has(key)) return
      const reader = readerOf(path)
      assert.isTrue(
        sources.some((source) => reader.test(source)),
        `no file reads ${key}: build it or list it in notYet.ts`
      )
    }
  )

  it("the list names nothing that does not exist", () => {
    for (const prefix of notYet) assert.include(all.map(formatKey).flatMap(prefixes), prefix)
  })

  it("says which of the keys that a person set have no effect", () => {
    const present = ["agent.name", "mcp.servers.a.url", "tools.approval", "storage.url"]
    assert.deepEqual(notYetBuilt(present), ["mcp.servers.a.url", "tools.approval", "storage.url"])
    const ofAgents = ["agents.a.memory", 'agents."a.b".tools', "agents.a.budget_share"]
    assert.deepEqual(notYetBuilt(ofAgents), ["agents.a.memory", 'agents."a.b".tools'])
    assert.deepEqual(notYetBuilt(["contextual.x", "budget.monthly_usd"]), [])
  })
})

function prefixes(key: string): ReadonlyArray<string> {
  const parts = key.split(".")
  return parts.map((_, index) => parts.slice(0, index + 1).join("."))
}
