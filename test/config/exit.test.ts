// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which exit code the process ends with. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Exit from "effect/Exit"
import { AlreadyTold, exitCodeOf, teardown, WrongUsage } from "../../src/cli/exit.ts"
import { ConfigInvalid } from "../../src/services/Settings.ts"

const codeOf = (exit: Exit.Exit<unknown, unknown>): number => {
  const codes: Array<number> = []
  teardown(exit, (code) => codes.push(code))
  assert.strictEqual(codes.length, 1)
  return codes[0] ?? -1
}

describe("exit codes", () => {
  const invalid = new ConfigInvalid({ faults: [{ file: "x", key: "", expected: "y" }] })
  const missing = new CliError.MissingArgument({ argument: "KEY" })

  it.each([
    ["a broken configuration", invalid, 3],
    ["wrong usage found by a command", new WrongUsage({ detail: "no" }), 2],
    ["wrong usage found by the parser", missing, 2],
    ["help with an error", new CliError.ShowHelp({ commandPath: [], errors: [missing] }), 2],
    ["help that was asked for", new CliError.ShowHelp({ commandPath: [], errors: [] }), 0],
    ["what was told already", new AlreadyTold({ exitCode: 6 }), 6],
    ["no daemon", { _tag: "NoDaemon" }, 5],
    ["a locked vault", { _tag: "VaultLocked" }, 4],
    ["a spent budget", { _tag: "BudgetExceeded" }, 6],
    ["any other failure", { _tag: "StoreError" }, 1],
    ["a tag like a method's name", { _tag: "toString" }, 1],
    ["a failure that is not even an object", "no", 1]
  ])("%s", (_, error, code) => {
    assert.strictEqual(exitCodeOf(error), code)
    assert.strictEqual(codeOf(Exit.fail(error)), code)
  })

  it("success and a stop that was asked for are 0, a bug is 1", () => {
    assert.strictEqual(codeOf(Exit.void), 0)
    assert.strictEqual(codeOf(Exit.interrupt(1)), 0)
    assert.strictEqual(codeOf(Exit.die("bug")), 1)
    assert.strictEqual(
      codeOf(Exit.failCause(Cause.combine(Cause.interrupt(1), Cause.fail(invalid)))),
      3
    )
  })
})
