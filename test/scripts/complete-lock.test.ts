// SPDX-License-Identifier: MIT OR Apache-2.0
/** The lock file holds every platform's packages, and the script that puts them there does so exactly. */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { runScript, temporaryFile } from "./run.ts"

const lock = (packages: object) =>
  temporaryFile("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }))
const packagesOf = (file: string) => readFileSync(file, "utf8")

const tool = {
  version: "2.0.0",
  dev: true,
  optionalDependencies: { "@tool/binding-linux-arm64-musl": "2.0.0" }
}

describe("complete-lock", () => {
  it("finds our own lock file complete and free of registry addresses", () => {
    assert.deepStrictEqual(runScript("complete-lock.mjs", ["--check"]), {
      status: 0,
      stdout: "",
      stderr: ""
    })
  })

  it("adds what is missing, with its platform, once", () => {
    const file = lock({ "": {}, "node_modules/tool": tool })
    assert.strictEqual(runScript("complete-lock.mjs", ["--check", file]).status, 1)
    assert.strictEqual(runScript("complete-lock.mjs", [file]).status, 0)
    const first = packagesOf(file)
    assert.deepStrictEqual(
      JSON.parse(first).packages["node_modules/@tool/binding-linux-arm64-musl"],
      {
        version: "2.0.0",
        dev: true,
        optional: true,
        os: ["linux"],
        cpu: ["arm64"],
        libc: ["musl"]
      }
    )
    assert.strictEqual(runScript("complete-lock.mjs", ["--check", file]).status, 0)
    runScript("complete-lock.mjs", [file])
    assert.strictEqual(packagesOf(file), first)
  })

  it("nests a second version beside the one that another package needs", () => {
    const file = lock({
      "": {},
      "node_modules/@tool/binding-linux-arm64-musl": { version: "1.0.0" },
      "node_modules/tool": tool
    })
    assert.strictEqual(runScript("complete-lock.mjs", ["--check", file]).status, 1)
    runScript("complete-lock.mjs", [file])
    assert.include(
      packagesOf(file),
      `"node_modules/tool/node_modules/@tool/binding-linux-arm64-musl"`
    )
  })

  it("takes out where a package was fetched from", () => {
    const resolved = "https://registry.example/a.tgz"
    const file = lock({ "": {}, "node_modules/a": { version: "1.0.0", resolved } })
    assert.include(runScript("complete-lock.mjs", ["--check", file]).stderr, "node_modules/a")
    runScript("complete-lock.mjs", [file])
    assert.notInclude(packagesOf(file), "registry.example")
  })

  it("refuses a name without a platform", () => {
    const odd = { version: "1.0.0", optionalDependencies: { mystery: "1.0.0" } }
    const { status, stderr } = runScript("complete-lock.mjs", [lock({ "node_modules/odd": odd })])
    assert.notStrictEqual(status, 0)
    assert.include(stderr, "mystery")
  })
})
