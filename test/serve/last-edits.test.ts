// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whatever becomes of the edits of a growing reply: its final text stands there whole, and once. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Fault } from "../fakes/BotApi.ts"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside>()("blufio/test/serve/last-edits.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      const env = { BLUFIO__TELEGRAM__ALLOWED_USERS: `[${people.join(", ")}]` }
      yield* serve({ home: outside.home, env })
      return World.of(outside)
    })
  )
}

/** A chat for each case: after a refusal a chat is slow for a while. */
const people = [21, 22, 23, 24, 25, 26]

const sentences = Array.from({ length: 12 }, (_, i) => `Sentence **${i}** stands here.`).join(" ")
const whole = sentences.replaceAll("**", "")

/** A reply that takes about half a second; `meanwhile` begins when its first words stand there. */
const growing = Effect.fnUntraced(function* (
  person: number,
  meanwhile: (messageId: number) => void
) {
  const { anthropic, home, telegram } = yield* World
  yield* anthropic.enqueue({ ...text(sentences), eventDelayMillis: 40 })
  const before = telegram.sent.length
  yield* Effect.forkChild(
    Effect.map(
      telegram.waitFor(() => telegram.sent.slice(before).find((one) => one.text !== "")),
      ({ messageId }) => meanwhile(messageId)
    )
  )
  const shown = yield* ask(home, telegram, "Tell me", person)
  telegram.heal("editMessageText")
  return shown
})

const rateLimit: Fault = { kind: "rate-limit", retryAfter: 1 }

layer(World.layer, { excludeTestServices: true })("the final text is complete", (it) => {
  it.effect.each<readonly [string, Fault, person: number]>([
    ["refused by 429 to the end", rateLimit, 21],
    ["answered with 502", { kind: "html", status: 502 }, 22],
    ["done, but their answers are lost", { kind: "lost" }, 23],
    ["done, but their answers are cut", { kind: "truncated" }, 24]
  ])("when edits are %s", ([, fault, person]) =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      const before = telegram.count("editMessageText")
      const shown = yield* growing(person, () => telegram.fail("editMessageText", fault, 2))
      assert.deepEqual(shown, [whole])
      assert.isAbove(telegram.count("editMessageText"), before + 2)
    })
  )

  it.effect.each<readonly [string, string, person: number]>([
    ["the message was deleted", "Bad Request: message to edit not found", 25],
    ["the message is too old", "Bad Request: message can't be edited", 26]
  ])("when %s before the last edit", ([, description, person]) =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      const shown = yield* growing(person, (messageId) => {
        telegram.deleteMessage(person, messageId)
        telegram.fail("editMessageText", { kind: "refuse", code: 400, description }, 100)
      })
      assert.deepEqual(shown, [whole])
    })
  )
})
