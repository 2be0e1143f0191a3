// SPDX-License-Identifier: MIT OR Apache-2.0
/** `/stop` ends a turn within a second, whatever it is doing, and says what had happened (contract 6). */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BotApi } from "../fakes/BotApi.ts"
import { refuse, text, toolCall } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { type Home, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { atRest, person, printJson, rowsOf } from "./support.ts"

/** Says it and answers with the message that ends the turn, and how long that took. */
const stopWith = Effect.fnUntraced(function* (telegram: BotApi, words: string) {
  const asked = yield* Clock.currentTimeMillis
  telegram.userSays(person, words)
  const stopped = yield* telegram.waitFor(() =>
    telegram.sent.find((message) => message.text.includes("Stopped."))
  )
  const { at } = stopped.versions.find((version) => version.text.includes("Stopped."))!
  return { asked, text: stopped.text, took: at - asked }
})

const assertGoesOn = Effect.fnUntraced(function* (home: Home, telegram: BotApi) {
  telegram.userSays(person, "Are you still there?")
  yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => shown === "Still here."))
  yield* atRest(home)
})

describe("stop", () => {
  it.live("aborts the model's stream and keeps what was said so far", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) =>
        Fakes.asked(body).words.includes("still there")
          ? text("Still here.")
          : { ...text("First third. Second third. Last third."), eventDelayMillis: 400 }
      )
      yield* serve({ home })
      telegram.userSays(person, "Tell me a long story")
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /First/.test(shown)))
      const { asked, text: said, took } = yield* stopWith(telegram, "/stop")
      const { abortedAt } = yield* anthropic.waitFor((call) => call.outcome === "aborted")
      assert.isBelow(Option.getOrThrow(abortedAt) - asked, 1000)
      assert.isBelow(took, 1000)
      assert.match(said, /^First third.*\n\n⏹ Stopped\.$/s)
      assert.notInclude(said, "Last third")
      assert.lengthOf(telegram.shownIn(person), 1)
      yield* assertGoesOn(home, telegram)
      const calls = yield* anthropic.calls
      assert.deepEqual(
        calls.map((call) => call.outcome),
        ["aborted", "answered"]
      )
      const { messages } = calls[1]!.body as MessagesBody
      assert.match(printJson(messages), /First third.*\[Stopped\.\]/)
      const ledger = rowsOf(home, "SELECT state FROM cost_ledger ORDER BY id")
      assert.deepEqual(ledger, [{ state: "unconfirmed" }, { state: "settled" }])
    })
  )

  it.live("ends a tool that runs, says which had finished, by the lone word", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const steps = [
        toolCall("calculate", { expression: "2 + 2" }),
        toolCall("wait", { seconds: 60 })
      ]
      yield* anthropic.setBrain((body) => {
        const { step, words } = Fakes.asked(body)
        return words.includes("still there") ? text("Still here.") : steps[step]!
      })
      yield* serve({ home })
      telegram.userSays(person, "Wait a minute")
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /wait/.test(shown)))
      const { text: said, took } = yield* stopWith(telegram, "stop")
      assert.isBelow(took, 1000)
      assert.strictEqual(
        said,
        "Stopped. This had already happened: ✓ calculate, ? wait (was running)."
      )
      yield* assertGoesOn(home, telegram)
      const kept = rowsOf(home, "SELECT name, state FROM steps WHERE kind = 'tool'")
      assert.deepEqual(kept, [
        { name: "calculate", state: "finished" },
        { name: "wait", state: "lost" }
      ])
      const turns = rowsOf(home, "SELECT state FROM turns ORDER BY rowid")
      assert.deepEqual(turns, [{ state: "stopped" }, { state: "done" }])
    })
  )

  it.live("ends the pause before another try", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(() => text("Still here."))
      yield* anthropic.enqueue(refuse(429, { headers: { "retry-after": "30" } }))
      yield* serve({ home })
      telegram.userSays(person, "Hello?")
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /busy/.test(shown)))
      const { text: said, took } = yield* stopWith(telegram, "/stop")
      assert.isBelow(took, 1000)
      assert.strictEqual(said, "Stopped.")
      yield* assertGoesOn(home, telegram)
      assert.lengthOf(yield* anthropic.calls, 2)
    })
  )

  it.live("ends the wait for a person's answer", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) =>
        Fakes.asked(body).words.includes("still there")
          ? text("Still here.")
          : toolCall("wait", { seconds: 60 })
      )
      const first = yield* serve({ home })
      telegram.userSays(person, "Wait a minute")
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /wait/.test(shown)))
      yield* first.kill("SIGKILL")
      yield* serve({ home })
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /approve/.test(shown)))
      const { text: said, took } = yield* stopWith(telegram, "/stop")
      assert.isBelow(took, 1000)
      assert.strictEqual(said, "Stopped. This had already happened: ? wait (was running).")
      yield* assertGoesOn(home, telegram)
      telegram.userSays(person, "/approve")
      yield* telegram.waitFor(() => telegram.shownIn(person).at(-1)?.startsWith("Nothing waits"))
    })
  )

  it.live("says so when there is nothing to stop", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home })
      telegram.userSays(person, "STOP!")
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Nothing is running."))
      assert.lengthOf(yield* anthropic.calls, 0)
    })
  )
})
