// SPDX-License-Identifier: MIT OR Apache-2.0
/** A tool step that a kill left unclear: the person is asked, and decides (invariant 2). */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { BotApi } from "../fakes/BotApi.ts"
import { type MessagesApi, text, toolCall } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { type Home, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { person, rowsOf } from "./support.ts"

const brain = (seconds: () => number) => (body: MessagesBody) => {
  const { results, step, words } = Fakes.asked(body)
  if (!words.includes("wait")) return text(`Also answered: ${words}.`)
  return step === 0
    ? toolCall("wait", { seconds: seconds() })
    : text(`The tool said: ${results.join(" ").replaceAll('"', "")}`)
}

const shows = (telegram: BotApi, pattern: RegExp) =>
  telegram.waitFor(() => telegram.shownIn(person).find((shown) => pattern.test(shown)))

/** Kills the process while `wait` runs, and starts it again; answers with what then runs. */
const interrupted = Effect.fnUntraced(function* (home: Home, telegram: BotApi) {
  const first = yield* serve({ home })
  telegram.userSays(person, "Please wait for me")
  yield* shows(telegram, /wait …/)
  yield* first.kill("SIGKILL")
  const second = yield* serve({ home })
  yield* shows(telegram, /interrupted while the tool wait ran.*\/approve.*\/deny.*\/stop/s)
  return second
})

const toolSteps = (home: Home) =>
  rowsOf(home, "SELECT state, outcome FROM steps WHERE kind = 'tool' ORDER BY id")

const assertWellFormed = Effect.fnUntraced(function* ({ calls }: MessagesApi) {
  for (const call of yield* calls) assert.notStrictEqual(call.outcome, "refused", call.message)
})

describe("an unclear tool step", () => {
  it.live("runs again, once, after /approve", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(brain(() => 2))
      const daemon = yield* interrupted(home, telegram)
      assert.lengthOf(yield* anthropic.calls, 1)
      telegram.userSays(person, "/approve")
      yield* shows(telegram, /The tool said: .*Waited 2 s\./)
      telegram.userSays(person, "/approve")
      yield* shows(telegram, /Nothing waits for your answer/)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.lengthOf(yield* anthropic.calls, 2)
      assert.deepEqual(toolSteps(home), [
        { state: "lost", outcome: "" },
        { state: "finished", outcome: "ok" }
      ])
      yield* assertWellFormed(anthropic)
    })
  )

  it.live("is left out after /deny; what came meanwhile is answered after it", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(brain(() => 60))
      const daemon = yield* interrupted(home, telegram)
      telegram.userSays(person, "One more thing")
      telegram.userSays(person, "/status")
      yield* shows(telegram, /Messages waiting: 1/)
      assert.lengthOf(yield* anthropic.calls, 1, "a queued message waits for the answer")
      telegram.userSays(person, "/deny")
      yield* shows(telegram, /Also answered: One more thing\./)
      const shown = telegram.shownIn(person)
      const ending = shown.findIndex((one) => /The tool said: .*Not known whether/.test(one))
      const after = shown.findIndex((one) => one.startsWith("Also answered"))
      assert.isAtLeast(ending, 0)
      assert.isBelow(ending, after)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.deepEqual(toolSteps(home), [{ state: "lost", outcome: "not run again" }])
      yield* assertWellFormed(anthropic)
    })
  )

  it.live("goes on waiting when the process is killed while it waits", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(brain(() => 1))
      const second = yield* interrupted(home, telegram)
      telegram.userSays(person, "/whoami")
      yield* shows(telegram, /You are/)
      yield* second.kill("SIGKILL")
      const third = yield* serve({ home })
      telegram.userSays(person, "/status")
      yield* shows(telegram, /Nothing is running here/)
      const turns = rowsOf(home, "SELECT state, question IS NULL AS mute FROM turns")
      assert.deepEqual(turns, [{ state: "waiting", mute: 0 }])
      const questions = telegram.shownIn(person).filter((shown) => /interrupted while/.test(shown))
      assert.lengthOf(questions, 1, "asked once")
      telegram.userSays(person, "/approve")
      yield* shows(telegram, /The tool said: .*Waited 1 s\./)
      assert.strictEqual(yield* third.kill("SIGTERM"), 0)
      assert.lengthOf(yield* anthropic.calls, 2)
    })
  )
})
