// SPDX-License-Identifier: MIT OR Apache-2.0
/** The bundle stands alone: one file that needs Node 26, says so to an older one, and nothing else. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import packageJson from "../../package.json" with { type: "json" }
import { runScript, temporaryFile } from "../scripts/run.ts"

const out = mkdtempSync(join(tmpdir(), "blufio-bundle-"))
const bundle = join(out, "blufio.mjs")

const run = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, args, { cwd: out, encoding: "utf8", env: { HOME: out } })

describe("bundle", () => {
  beforeAll(() => {
    const { status, stderr } = runScript("build.mjs", ["--bundle", "--out", out])
    assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
  })

  it("is one executable text file of one-byte characters", () => {
    assert.deepStrictEqual(readdirSync(out), ["blufio.mjs"])
    const text = readFileSync(bundle, "utf8")
    assert.isTrue(text.startsWith("#!/usr/bin/env node\n"))
    assert.strictEqual(text.length, Buffer.byteLength(text))
  })

  it("holds the version and prints it without a warning", () => {
    const { status, stdout, stderr } = run(bundle, "--version")
    assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
    assert.include(stdout, packageJson.version)
  })

  it("tells an older Node in one sentence", () => {
    const older = temporaryFile(
      "older.cjs",
      `Object.defineProperty(process, "versions", { value: { node: "22.19.0" } })
       process.getBuiltinModule = () => { throw new Error("looked for a module") }`
    )
    const { status, stdout, stderr } = run("--require", older, bundle, "--version")
    assert.deepStrictEqual(
      { status, stdout, stderr },
      {
        status: 1,
        stdout: "",
        stderr: "Blufio needs Node 26 or later; this is Node 22.19.0.\n"
      }
    )
  })

  it("gives Node's modules the shape that an import gives them", () => {
    const entry = temporaryFile(
      "entry.mjs",
      `import * as path from "node:path"
       import defaultPath, { join as put } from "node:path"
       console.log({ ...path }.join("a", "b"), defaultPath.join("a", "c"), put("a", "d"), path.default === defaultPath)`
    )
    const folder = mkdtempSync(join(tmpdir(), "blufio-bundle-"))
    runScript("build.mjs", ["--bundle", "--entry", entry, "--out", folder])
    assert.strictEqual(run(join(folder, "blufio.mjs")).stdout, "a/b a/c a/d true\n")
  })

  it("refuses an entry that would leave an import outside", () => {
    const entry = temporaryFile("entry.mjs", `import "some-package-that-is-not-there"`)
    const { status, stderr } = runScript("build.mjs", ["--bundle", "--entry", entry, "--out", out])
    assert.strictEqual(status, 1)
    assert.include(stderr, "still imports some-package-that-is-not-there")
    assert.deepStrictEqual(readdirSync(out), ["blufio.mjs"])
  })
})
