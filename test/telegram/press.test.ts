// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a pressed button comes to, and that nothing that may come instead of one does harm. */
import * as GoneChats from "../../src/layers/telegram/GoneChats.ts"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { PersonId } from "../../src/domain/Ids.ts"
import { textOf } from "../../src/domain/Message.ts"
import { choicesFor } from "../../src/domain/question.ts"
import type { BotApi } from "../../src/layers/telegram/BotApi.ts"
import { channelName } from "../../src/layers/telegram/channelName.ts"
import { make } from "../../src/layers/telegram/press.ts"
import { Inbox } from "../../src/services/Inbox.ts"
import { Pairing } from "../../src/services/Pairing.ts"
import { Questions, type Standing } from "../../src/services/Questions.ts"
import { layer, makeWorld, owner } from "./support.ts"

const question = "0123456789abcdef:7"
const [approve] = choicesFor(question).map(({ answer }) => answer)
const chat = { channel: channelName, chat: "42", topic: "9" }

/** A door behind which one question stands as told; `toasts` by the presses' ids. */
const start = (state: Standing["state"]) => {
  const world = makeWorld()
  world.questions.set(question, { chat, present: chat, state })
  const toasts = new Map<string, string>()
  const api = {
    answerCallbackQuery: (id, text = "") => Effect.sync(() => void toasts.set(id, text))
  } satisfies Partial<BotApi> as Partial<BotApi> as BotApi
  const press = (callback_query: unknown, update_id = 5) =>
    Effect.gen(function* () {
      const handle = make({
        api,
        gone: GoneChats.make(),
        inbox: yield* Inbox,
        pairing: yield* Pairing,
        questions: yield* Questions,
        allowedUsers: new Set([owner]),
        me: () => ({ id: 1, username: "blufio_bot" }),
        joinWithin: Duration.zero,
        isBacklog: () => false,
        courtesy: (courtesy) => Effect.as(Effect.orDie(courtesy), true)
      })
      yield* handle({ update_id, callback_query })
    }).pipe(Effect.provide(layer(world)))
  return { press, toasts, world }
}

const from = { id: owner, is_bot: false, first_name: "Ada", username: "ada" }
const pressOf = (id: string, fields: object = {}) => ({
  id,
  from,
  message: { chat: { id: 42 }, message_id: 3, date: 0 },
  data: approve,
  ...fields
})

describe("a press", () => {
  it.effect("becomes a command of its question in the topic where that was asked, once", () =>
    Effect.gen(function* () {
      const { press, toasts, world } = start("open")
      yield* press(pressOf("1"))
      yield* press(pressOf("2"), 6)
      const [first, ...others] = world.received
      assert.deepEqual(others, [])
      assert.strictEqual(textOf(first!.parts), `/approve ${question}`)
      assert.deepInclude(first, {
        chat,
        person: PersonId.make(`telegram:${owner}`),
        personName: "Ada"
      })
      assert.deepEqual(
        [...toasts],
        [
          ["1", ""],
          ["2", "Already answered."]
        ]
      )
      assert.strictEqual(world.offset, 7)
    })
  )

  it.effect("of somebody who was paired counts as theirs, of a stranger not at all", () =>
    Effect.gen(function* () {
      const { press, toasts, world } = start("open")
      const bob = PersonId.make("owner")
      world.admit = (address) =>
        address === "8" ? { _tag: "Known", person: bob } : { _tag: "Code", code: "ABCDEFGH" }
      yield* press(pressOf("1", { from: { ...from, id: 9 } }))
      assert.deepEqual(world.received, [])
      assert.match(toasts.get("1")!, /I do not know you/)
      assert.notInclude(toasts.get("1")!, "ABCDEFGH")
      yield* press(pressOf("2", { from: { ...from, id: 8 } }))
      assert.strictEqual(world.received[0]?.person, bob)
    })
  )

  it.effect.each([
    ["approve", "Already answered."],
    ["deny", "Already answered."],
    ["expired", "This question has expired."],
    ["stopped", "This was stopped."]
  ] as const)("of a question that is over (%s) is told so, in its own chat", ([state, toast]) =>
    Effect.gen(function* () {
      const { press, toasts, world } = start(state)
      yield* press(pressOf("1"))
      yield* press(pressOf("2", { message: { chat: { id: 43 } } }), 6)
      assert.deepEqual(world.received, [])
      assert.strictEqual(toasts.get("1")!, toast)
      assert.match(toasts.get("2")!, /I do not know this button/)
    })
  )

  /** Left out, as it should be, or anything. */
  const odd = Schema.optionalKey(Schema.Union([Schema.Literal("good"), Schema.Json]))
  const Wild = Schema.Struct({
    id: odd,
    from: odd,
    message: odd,
    data: odd,
    game_short_name: odd,
    inline_message_id: odd
  })
  const good: Readonly<Record<string, unknown>> = pressOf("1", {
    game_short_name: "chess",
    inline_message_id: "A"
  })

  it.effect.prop("of any form moves on, and acts only when all of it is right", [Wild], ([wild]) =>
    Effect.gen(function* () {
      const { press, toasts, world } = start("open")
      const query = Object.fromEntries(
        Object.entries(wild).map(([field, value]) => [
          field,
          value === "good" ? good[field] : value
        ])
      )
      yield* press(query)
      assert.strictEqual(world.offset, 6)
      const { id } = query
      const isRight =
        typeof id === "string" &&
        id !== "" &&
        ["from", "message", "data"].every((field) => query[field] === good[field])
      assert.strictEqual(world.received.length > 0, isRight)
      if (typeof id === "string" && id !== "") assert.isTrue(toasts.has(id))
    })
  )

  it.effect.prop("that is none at all moves on", [Schema.Json], ([query]) =>
    Effect.gen(function* () {
      const { press, world } = start("open")
      yield* press(query)
      assert.deepEqual([world.offset, world.received], [6, []])
    })
  )
})
