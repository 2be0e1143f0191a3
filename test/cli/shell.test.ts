// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the real shell: with lines on stdin, on a terminal, with a daemon and without. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { type Home, makeHome, scoped, serve } from "../support/Blufio.ts"
import { query } from "../support/database.ts"
import { onTerminal } from "../support/terminal.ts"
import { blufio, Replies } from "./support.ts"

const decodeReplies = Schema.decodeUnknownEffect(Replies)

const untilToolRuns = ({ database }: Home) =>
  Effect.sync(() => query(database, "SELECT 1 FROM steps WHERE kind = 'tool'")[0]!.length).pipe(
    Effect.repeat({ schedule: Schedule.spaced("50 millis"), until: (count) => count > 0 })
  )

describe("lines on stdin", () => {
  it.live("each is answered before the next is sent, without a daemon too", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const stdin = "calculate 1 + 1\n\nwait 1 second\ncalculate 2 + 2\n/exit\ncalculate 3 + 3"
      const talk = yield* blufio(home, ["shell"], { stdin })
      assert.deepEqual(talk, {
        exit: 0,
        stdout: "calculate: 2\nwait: Waited 1 s.\ncalculate: 4\n",
        stderr: ""
      })
    })
  )

  it.live("--json prints one document, and --session another conversation", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* serve({ home })
      const lines = { stdin: "calculate 1 + 1\n/whoami" }
      const talk = yield* blufio(home, ["shell", "--json"], lines)
      const { replies } = yield* decodeReplies(talk.stdout)
      assert.strictEqual(replies[0]?.text, "calculate: 2")
      const other = yield* blufio(home, ["shell", "--json", "--session", "work"], lines)
      const others = (yield* decodeReplies(other.stdout)).replies
      assert.match(others[1]?.text ?? "", /^You are owner, on local\./)
      assert.notStrictEqual(others[1]?.text, replies[1]?.text)
    })
  )

  it.live("a daemon that dies is waited for, and what it says when it is back is the reply", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const daemon = yield* serve({ home })
      const shell = yield* scoped({ home, args: ["shell"], stdin: "wait 30 seconds\n" })
      yield* untilToolRuns(home)
      yield* daemon.kill("SIGKILL")
      yield* shell.says(/has gone away/)
      yield* serve({ home })
      assert.strictEqual(yield* shell.exited, 0)
      assert.match(shell.stdout(), /^I was interrupted while the tool wait ran/)
      assert.match(shell.stderr(), /The daemon is back\./)
    })
  )
})

describe("on a terminal", () => {
  it.live("streams replies, stops a turn with Ctrl-C, and leaves with two at the prompt", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const shell = yield* onTerminal(home, "shell")
      yield* shell.sees("Blufio runs in this terminal until you leave")
      yield* shell.sees("you> ")
      yield* shell.type("calculate 2 * 3\r")
      yield* shell.sees("calculate: 6\r\n")
      yield* shell.sees("you> ")
      yield* shell.type("wait 50 seconds\r")
      yield* shell.sees("[tool wait …]")
      yield* shell.type("\u0003")
      yield* shell.sees("Stopped.")
      yield* shell.sees("you> ")
      yield* shell.type("\u001B[200~two\rlines\u001B[201~")
      yield* shell.sees("lines")
      yield* shell.type("\r")
      yield* shell.sees("You said: two\r\nlines\r\n")
      yield* shell.sees("you> ")
      yield* shell.type("\u0003")
      yield* shell.sees("Ctrl-C once more to leave")
      yield* shell.type("\u0003")
      assert.strictEqual(yield* shell.exited, 0)
    })
  )

  it.live("leaves with Ctrl-D, and with /exit while something runs", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      yield* serve({ home })
      const first = yield* onTerminal(home, "shell")
      yield* first.sees("you> ")
      yield* first.type("wait 2 seconds\r")
      yield* first.sees("[tool wait …]")
      yield* first.type("/exit\r")
      assert.strictEqual(yield* first.exited, 0)
      const second = yield* onTerminal(home, "shell")
      yield* second.sees("wait: Waited 2 s.")
      yield* second.sees("you> ")
      yield* second.type("\u0004")
      assert.strictEqual(yield* second.exited, 0)
    })
  )
})
