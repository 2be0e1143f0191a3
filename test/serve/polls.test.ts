// SPDX-License-Identifier: MIT OR Apache-2.0
/** However polls and calls break: each message is taken once and answered, and the channel is well again. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { conflict, type Fault } from "../fakes/BotApi.ts"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, person, rowsOf } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside>()("blufio/test/serve/polls.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain((body) => text(`You said: ${Fakes.asked(body).words}`))
      const env = { BLUFIO__TELEGRAM__POLL_TIMEOUT: "1 seconds" }
      yield* serve({ home: outside.home, env })
      return World.of(outside)
    })
  )
}

const polls: ReadonlyArray<readonly [string, Fault]> = [
  ["a 502 page", { kind: "html", status: 502 }],
  ["JSON cut short", { kind: "truncated" }],
  ["an answer that is lost", { kind: "lost" }],
  ["a reset", { kind: "reset" }],
  ["429", { kind: "rate-limit", retryAfter: 1 }],
  ["409, another program polls", conflict],
  ["no answer at all", { kind: "hang" }]
]

const sends: ReadonlyArray<readonly [string, Fault, most: number]> = [
  ["JSON cut short", { kind: "truncated" }, 2],
  ["no answer at all", { kind: "hang" }, 1],
  ["an answer that never ends", { kind: "half-open" }, 1]
]

layer(World.layer, { excludeTestServices: true })("while Telegram breaks", (it) => {
  it.effect.each(polls)("%s to a poll loses no message", ([name, fault]) =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      yield* telegram.waitFor(() => telegram.isPolled)
      telegram.fail("getUpdates", fault)
      const answer = `You said: ${name}`
      assert.deepEqual(yield* ask(home, telegram, name), [answer])
      const words = `SELECT id FROM inbox WHERE parts LIKE '%${name}%'`
      assert.lengthOf(rowsOf(home, words), 1)
      assert.lengthOf(
        telegram.shownIn(person).filter((shown) => shown === answer),
        1
      )
    })
  )

  it.effect.each(sends)("%s to a send loses no reply", ([name, fault, most]) =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", fault)
      const words = `Again: ${name}`
      const shown = yield* ask(home, telegram, words)
      assert.isAtLeast(shown.length, 1)
      assert.isAtMost(shown.length, most)
      assert.strictEqual(shown.at(-1), `You said: ${words}`)
      // What Telegram took without our knowing stays as it was then.
      for (const one of shown) assert.isTrue(`You said: ${words}`.startsWith(one), one)
    })
  )
})
