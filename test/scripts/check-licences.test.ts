// SPDX-License-Identifier: MIT OR Apache-2.0
/** The licence policy lets through what it names and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import { runScript, temporaryFile } from "./run.ts"

const permissive = {
  allow: ["MIT", "Apache-2.0"],
  allowInDevelopment: ["MPL-2.0"],
  exceptions: new Array<object>()
}

const check = (packages: object, policy: object = permissive) =>
  runScript("check-licences.mjs", [
    "--policy",
    temporaryFile("policy.json", JSON.stringify(policy)),
    temporaryFile("package-lock.json", JSON.stringify({ packages: { "": {}, ...packages } }))
  ])

const one = (license: unknown, more: object = {}) => ({
  "node_modules/@scope/one": { version: "1.2.3", license, ...more }
})

describe("check-licences", () => {
  it("passes our own lock file", () => {
    assert.strictEqual(runScript("check-licences.mjs", []).stderr, "")
  })

  it.each([
    "MIT",
    "(MIT OR GPL-3.0-only)",
    "GPL-3.0-only OR MIT",
    "MIT AND Apache-2.0",
    "(GPL-2.0-only AND X) OR (MIT AND Apache-2.0)",
    "GPL-3.0-only AND X OR MIT"
  ])("allows %s", (licence) => {
    assert.strictEqual(check(one(licence)).status, 0)
  })

  it.each([
    "GPL-3.0-only",
    "MIT AND GPL-3.0-only",
    "(MIT OR Apache-2.0) AND GPL-3.0-only",
    "Apache-2.0 WITH LLVM-exception",
    "MIT OR",
    "(MIT",
    "MIT MIT",
    "",
    "SEE LICENSE IN LICENSE.txt"
  ])("refuses %s and names package and licence", (licence) => {
    const { status, stderr } = check(one(licence))
    assert.strictEqual(status, 1)
    assert.strictEqual(stderr, `@scope/one@1.2.3: ${licence} is not allowed\n`)
  })

  it("refuses a package without a licence", () => {
    const { status, stderr } = check(one(undefined))
    assert.strictEqual(status, 1)
    assert.strictEqual(stderr, "@scope/one@1.2.3: no licence\n")
  })

  it("allows some licences in development only", () => {
    assert.strictEqual(check(one("MPL-2.0", { dev: true })).status, 0)
    assert.strictEqual(check(one("MPL-2.0")).status, 1)
  })

  it("lends a platform package the licence of the package that names its exact version", () => {
    const platform = { version: "1.0.0", optional: true, os: ["linux"], cpu: ["arm64"] }
    const parent = (license: string, version: string) => ({
      "node_modules/tool": {
        version: "9.0.0",
        license,
        optionalDependencies: { "tool-linux-arm64": version }
      },
      "node_modules/tool-linux-arm64": platform
    })
    assert.strictEqual(check(parent("MIT", "1.0.0")).status, 0)
    assert.include(check(parent("MIT", "^1.0.0")).stderr, "tool-linux-arm64@1.0.0: no licence")
    assert.include(
      check(parent("GPL-3.0-only", "1.0.0")).stderr,
      "tool-linux-arm64@1.0.0: GPL-3.0-only is not allowed"
    )
  })

  it("takes an exception for one version and licence, with a reason, while it is needed", () => {
    const exception = { package: "@scope/one@1.2.3", licence: "X", reason: "only its data is used" }
    const policy = (more: object) => ({ ...permissive, exceptions: [{ ...exception, ...more }] })
    assert.strictEqual(check(one("X"), policy({})).status, 0)
    assert.strictEqual(check(one("Y"), policy({})).status, 1)
    assert.strictEqual(check(one("X"), policy({ package: "@scope/one@1.2.4" })).status, 1)
    assert.include(check(one("X"), policy({ reason: "" })).stderr, "without a reason")
    assert.include(check(one("MIT"), policy({})).stderr, "that no package needs")
  })
})
