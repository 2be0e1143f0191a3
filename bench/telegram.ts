// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram as a person feels it: when they are noticed, when they can read, and what its limits cost. */
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
/** So many people write at the same time, and each of them so often. */
const crowd = 20
const rounds = 3
/** Between the events of an answer that takes about five seconds. */
const eventMillis = 250
const pacedTurns = 5

/** Milliseconds since the message was written until `look` finds something. */
const since = (writtenAt: number, bot: BotApi, look: () => boolean) =>
  Effect.map(bot.waitFor(look), () => performance.now() - writtenAt)

/** Each person writes once, so that no chat's limit stands in the way. */
const timed = Effect.fnUntraced(function* (bot: BotApi, model: FixedAnswers, person: number) {
  yield* bot.waitFor(() => bot.isPolled)
  const { reactions, sent } = { reactions: bot.reactions.length, sent: bot.sent.length }
  const writtenAt = performance.now()
  bot.userSays(person, `Say something: ${person}`)
  const [eyes, first, whole] = yield* Effect.all(
    [
      since(writtenAt, bot, () => bot.reactions.length > reactions),
      since(writtenAt, bot, () => bot.sent.length > sent),
      since(writtenAt, bot, () => bot.sent.at(sent)?.text === answer)
    ],
    { concurrency: "unbounded" }
  )
  const { beganAt, firstTokenAt } = model.exchanges.at(-1)!
  return {
    eyes,
    first: first - (firstTokenAt - beganAt),
    shown: writtenAt + first - firstTokenAt,
    whole,
    edits: bot.sent.at(sent)!.edits
  }
})

/** From the end of each answer of the model to the whole reply in its chat, for people who write at once. */
const together = Effect.fnUntraced(function* (bot: BotApi, model: FixedAnswers, first: number) {
  const people = Array.from({ length: crowd }, (_, index) => first + index)
  const waits: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    const before = model.exchanges.length
    yield* Effect.forEach(
      people,
      (person) =>
        Effect.gen(function* () {
          bot.userSays(person, `Round ${round}`)
          const isWhole = () =>
            bot.shownIn(person).filter((shown) => shown === answer).length === round + 1
          yield* bot.waitFor(isWhole)
          // Every answer takes equally long, so any of those at once stands for this one's.
          const ended = model.exchanges.slice(before).map(({ endedAt }) => endedAt)
          waits.push(performance.now() - Math.max(...ended.filter((at) => at > 0)))
        }),
      { concurrency: "unbounded", discard: true }
    )
  }
  return waits
})

export const telegramLatency = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* Console.error(`telegram: ${artifact.name}`)
  const { bot, home, model } = yield* Homes.telegram
  yield* Served.start(artifact, home)
  const quick = yield* Effect.forEach(Array.from({ length: warmUp + turns }).keys(), (turn) =>
    timed(bot, model, Homes.person + turn)
  )
  const counted = quick.slice(warmUp)
  model.pace.eventMillis = eventMillis
  const paced = yield* Effect.forEach(Array.from({ length: pacedTurns }).keys(), (turn) =>
    timed(bot, model, Homes.person + quick.length + turn)
  )
  bot.limiter.isStrict = true
  const waits = yield* together(bot, model, Homes.person + quick.length + pacedTurns)
  return {
    join_within_ms: Homes.joinWithinMillis,
    update_to_eyes_ms: spread(counted.map(({ eyes }) => eyes)),
    update_to_first_message_ms: spread(counted.map(({ first }) => first)),
    update_to_whole_reply_ms: spread(counted.map(({ whole }) => whole)),
    answer_of_five_seconds: {
      first_token_to_shown_ms: spread(paced.map(({ shown }) => shown)),
      edits_per_reply: spread(paced.map(({ edits }) => edits))
    },
    twenty_chats_at_once: {
      replies: waits.length,
      refused_by_limits: bot.limiter.refused.length,
      last_token_to_whole_reply_ms: spread(waits)
    }
  }
}, Effect.scoped)
