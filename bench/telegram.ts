// SPDX-License-Identifier: MIT OR Apache-2.0
/** From a person's message on Telegram to the first message of the reply. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { performance } from "node:perf_hooks"
import type { BotApi } from "../test/fakes/BotApi.ts"
import type { Artifact } from "./Artifact.ts"
import * as Served from "./Served.ts"
import * as Homes from "./homes.ts"
import { answer, type FixedAnswers } from "./FixedAnswers.ts"
import { spread } from "./statistics.ts"

const warmUp = 20
const turns = 100

const timed = Effect.fnUntraced(function* (bot: BotApi, model: FixedAnswers, turn: number) {
  yield* bot.waitFor(() => bot.isPolled)
  const before = bot.sent.length
  const writtenAt = performance.now()
  bot.userSays(Homes.person, `Say something: ${turn}`)
  const firstAt = yield* Effect.map(
    bot.waitFor(() => bot.sent.length > before),
    () => performance.now()
  )
  const { beganAt, firstTokenAt } = model.exchanges.at(-1)!
  yield* bot.waitFor(() => bot.sent.at(-1)!.text === answer)
  return {
    first: firstAt - writtenAt - (firstTokenAt - beganAt),
    whole: performance.now() - writtenAt
  }
})

export const telegramLatency = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* Console.error(`telegram: ${artifact.name}`)
  const { bot, home, model } = yield* Homes.telegram
  yield* Served.start(artifact, home)
  const times = yield* Effect.forEach(Array.from({ length: warmUp + turns }).keys(), (turn) =>
    timed(bot, model, turn)
  )
  const counted = times.slice(warmUp)
  return {
    update_to_first_message_ms: spread(counted.map(({ first }) => first)),
    update_to_whole_reply_ms: spread(counted.map(({ whole }) => whole))
  }
}, Effect.scoped)
