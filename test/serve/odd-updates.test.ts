// SPDX-License-Identifier: MIT OR Apache-2.0
/** Values that Telegram never sends, in fields whose types allow them: nobody is left without an answer. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, eventually, person, rowsOf } from "./support.ts"

const start = Effect.gen(function* () {
  const fakes = yield* Fakes.make()
  yield* fakes.anthropic.setBrain(() => text("I see."))
  return fakes
})

/** A message of somebody's that holds nothing. */
const empty = { message: { message_id: 1, date: 1, chat: { id: 9, type: "channel" } } }

describe("odd updates", () => {
  it.live("the highest and the lowest numbers stop nothing, and no later start either", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* start
      const first = yield* serve({ home, env: Fakes.oneModel() })
      telegram.addUpdate(empty, -5)
      telegram.addUpdate(empty, 2 ** 40)
      assert.deepEqual(yield* ask(home, telegram, "one"), ["I see."])
      telegram.state.nextUpdateId = Number.MAX_SAFE_INTEGER
      telegram.userSays(person, "of no number")
      yield* eventually(
        home,
        "SELECT next FROM channel_offsets WHERE channel = 'telegram'",
        (rows) => rows[0]?.["next"] === 2 ** 40 + 2
      )
      yield* first.kill("SIGKILL")
      telegram.state.updates = []
      telegram.state.nextUpdateId = 2 ** 40 + 2
      yield* serve({ home, env: Fakes.oneModel() })
      assert.deepEqual(yield* ask(home, telegram, "two"), ["I see."])
      const offsets = telegram.calls.flatMap(({ method, params }) =>
        method === "getUpdates" ? [Object(params).offset] : []
      )
      assert.isTrue(offsets.every((offset) => offset >= 0))
    })
  )

  it.live.each([-8_640_000_000_001, Number.MIN_SAFE_INTEGER, 9e12, 1.5, "soon"])(
    "a message of the date %s is answered, and so are those after it",
    (date) =>
      Effect.gen(function* () {
        const { anthropic, home, telegram } = yield* start
        telegram.userSays(person, "long ago", { date })
        telegram.userSays(person, "and again", { date })
        yield* serve({ home, env: Fakes.oneModel() })
        yield* telegram.waitFor(() => telegram.shownIn(person).length > 0)
        yield* atRest(home)
        assert.deepEqual(yield* ask(home, telegram, "now"), ["I see."])
        const bodies = (yield* anthropic.calls)
          .map(({ body }) => Fakes.asked(body as never).words)
          .join()
        for (const words of ["long ago", "and again"]) assert.include(bodies, words)
      })
  )

  it.live("a name of the bot's that Telegram would not give it ends nothing", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* start
      telegram.state.username = "x("
      const running = yield* serve({ home, env: Fakes.oneModel() })
      const group = -100_500
      telegram.groupSays(group, person, "hi", {
        reply_to_message: { from: { id: 123456, is_bot: true, first_name: "Blufio" }, text: "x" }
      })
      yield* telegram.waitFor(() => telegram.shownIn(group).length > 0)
      assert.deepEqual(telegram.shownIn(group), ["I see."])
      assert.deepEqual(yield* ask(home, telegram, "still there?"), ["I see."])
      assert.isNull(running.child.exitCode)
      assert.lengthOf(rowsOf(home, "SELECT id FROM inbox WHERE state <> 'done'"), 0)
    })
  )
})
