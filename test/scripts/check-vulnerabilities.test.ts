// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vulnerability check fails on serious advisories and says aloud when it could not ask. */
import { assert, describe, it } from "@effect/vitest"
import { dirname } from "node:path"
import { runScript, temporaryFile } from "./run.ts"

/** Runs the check with an `npm` that prints `answer` instead of asking the registry. */
const check = (answer: string, args: ReadonlyArray<string> = []) => {
  const npm = temporaryFile("npm", `#!/bin/sh\ncat <<'END'\n${answer}\nEND\nexit 1\n`, 0o755)
  return runScript("check-vulnerabilities.mjs", args, dirname(npm))
}

const advisory = (severity: string) =>
  JSON.stringify({
    vulnerabilities: {
      leftish: { severity, range: "<2.0.0", via: [{ title: "Runs what it is sent" }, "pad"] }
    }
  })

const unreachable = "NOT CHECKED: the advisory service could not be reached\n"

describe("check-vulnerabilities", () => {
  it.each(["high", "critical"])("fails on a %s advisory and names the package", (severity) => {
    const { status, stderr } = check(advisory(severity))
    assert.strictEqual(status, 1)
    assert.strictEqual(stderr, `leftish <2.0.0: ${severity}: Runs what it is sent; through pad\n`)
  })

  it.each(["low", "moderate"])("lets a %s advisory pass and counts it", (severity) => {
    const { status, stdout } = check(advisory(severity), ["--require"])
    assert.strictEqual(status, 0)
    assert.strictEqual(stdout, "No high or critical advisory (1 lesser ones)\n")
  })

  it.each([`{"message":"405 Method Not Allowed"}`, `{"error":{"code":"ENETUNREACH"}}`, "", "null"])(
    "says aloud that it could not ask: %s",
    (answer) => {
      assert.deepInclude(check(answer), { status: 0, stderr: unreachable, stdout: "" })
      assert.deepInclude(check(answer, ["--require"]), { status: 1, stderr: unreachable })
    }
  )
})
