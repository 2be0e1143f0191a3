// SPDX-License-Identifier: MIT OR Apache-2.0
/** The library for dates is not held by who reads none. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** Tells which modules of the library are loaded by the time that `code` is through. */
const loaded = (code: string) => {
  const script = `import { registerHooks } from "node:module"
    let count = 0
    registerHooks({ load: (url, context, next) => {
      if (url.includes("chrono-node")) count++
      return next(url, context)
    } })
    ${code}
    console.log(count)`
  const node = join(root, "node_modules/.bin/node")
  const { stderr, stdout } = spawnSync(node, ["--input-type=module", "-e", script], {
    cwd: root,
    encoding: "utf8"
  })
  assert.match(stdout, /^\d+\n$/, stderr)
  return Number(stdout)
}

describe("dates in words", () => {
  it("are no part of the graph before one is read", () => {
    assert.strictEqual(loaded(`await import("./src/layers/Main.ts")`), 0)
    assert.isAbove(loaded(`await import("chrono-node/en")`), 0)
  })
})
