// SPDX-License-Identifier: MIT OR Apache-2.0
/** Long polling that nothing from outside can end: each update is handled before the next is asked for. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { chatCommands } from "../../domain/ChatCommand.ts"
import { ChannelHealth, PollStatus } from "../../services/ChannelHealth.ts"
import { Inbox } from "../../services/Inbox.ts"
import { Pairing } from "../../services/Pairing.ts"
import { elapsedMillis } from "../../services/elapsed.ts"
import { channelName } from "./channelName.ts"
import { Questions } from "../../services/Questions.ts"
import { untilAnswered, untilStored } from "./backoff.ts"
import { type BotApi, pollGrace } from "./BotApi.ts"
import type { BotApiError } from "./BotApiError.ts"
import * as Courtesies from "./courtesies.ts"
import type { GoneChats } from "./GoneChats.ts"
import type { Me } from "./incoming/addressed.ts"
import * as PollWatch from "./PollWatch.ts"
import { make as makeReceiver } from "./receive.ts"
import { withWebhookHost } from "./webhookHost.ts"

/** Beyond the longest poll, before the channel counts as deaf. */
const margin = Duration.seconds(5)
/** Answers that come at once and hold nothing must not make us ask without a pause. */
const pause = Duration.seconds(1)

/** Stands in until Telegram has told who the bot is. */
const unknown: Me = { id: 0, username: "" }

/** As many updates as one poll brings at most. */
const fullBatch = 100

/** Before the first poll or while more waits, after one that was answered, after one that failed. */
type State = "new" | "well" | "unwell"

/** Whoever asks last wins over a rival: only a poll that lasts shows that the other has gone. */
const isRivalry = ({ reason }: BotApiError): boolean =>
  reason._tag === "Conflict" && reason.rival === "poller"

/** Registers the commands with Telegram's menu; tried again with later polls until it succeeds. */
const makeMenu = Effect.fnUntraced(function* (api: BotApi, courtesy: Courtesies.Offer) {
  const state = yield* Ref.make<"missing" | "offered" | "registered">("missing")
  const register = api
    .setMyCommands(chatCommands)
    .pipe(
      Effect.onExit((exit) => Ref.set(state, exit._tag === "Success" ? "registered" : "missing"))
    )
  const offer = Effect.gen(function* () {
    if ((yield* Ref.get(state)) !== "missing") return
    yield* Ref.set(state, "offered")
    const isTaken = yield* courtesy(register)
    if (!isTaken) yield* Ref.set(state, "missing")
  })
  return { offer }
})

export const listen = Effect.fnUntraced(function* (options: {
  readonly api: BotApi
  readonly gone: GoneChats
  readonly allowedUsers: ReadonlySet<number>
  readonly pollTimeout: Duration.Duration
  readonly joinWithin: Duration.Duration
}) {
  const { allowedUsers, api, gone, joinWithin, pollTimeout } = options
  const health = yield* ChannelHealth
  const inbox = yield* Inbox
  const pairing = yield* Pairing
  const questions = yield* Questions
  const courtesies = yield* Courtesies.make
  const watch = yield* PollWatch.make
  const menu = yield* makeMenu(api, courtesies.offer)
  const me = yield* Ref.make(Option.none<Me>())
  /** Asked once: groups name the bot, and reply to it. */
  const meet = Effect.gen(function* () {
    if (Option.isNone(yield* Ref.get(me))) yield* Ref.set(me, Option.some(yield* api.getMe))
  })
  /** At start and after a failure, until a poll brings all that there is. */
  const isBehind = yield* Ref.make(true)
  const receive = yield* makeReceiver({
    api,
    gone,
    allowedUsers,
    inbox,
    pairing,
    me: () => Option.getOrElse(Ref.getUnsafe(me), () => unknown),
    joinWithin,
    isBacklog: () => Ref.getUnsafe(isBehind),
    questions,
    courtesy: courtesies.offer
  })

  const staleAfter = Duration.sum(Duration.sum(pollTimeout, pollGrace), margin)
  yield* health.report(
    channelName,
    PollStatus.Started({ staleAfterMillis: Duration.toMillis(staleAfter) })
  )
  yield* menu.offer

  const stored = yield* untilStored("read its offset", inbox.offset(channelName))
  const offset = yield* Ref.make(stored)

  const state = yield* Ref.make<State>("new")

  const once = Effect.gen(function* () {
    const asked = yield* elapsedMillis
    const before = yield* Ref.get(state)
    yield* meet
    const updates = yield* api.getUpdates({
      offset: yield* Ref.get(offset),
      // Answered at once, so that our health is known now and not when a long poll ends.
      timeout: before === "well" ? pollTimeout : Duration.zero
    })
    const isLast = updates.length < fullBatch
    const isBehindStill = !isLast && (yield* Ref.get(isBehind))
    yield* Ref.set(state, isBehindStill ? "new" : "well")
    yield* watch.finished
    yield* menu.offer
    yield* Effect.forEach(
      updates,
      // Set, not raised: after a quiet week Telegram counts from a new, perhaps lower, number.
      (update) => receive(update).pipe(Effect.andThen(Ref.set(offset, update.update_id + 1))),
      { discard: true }
    )
    if (isLast && (yield* Ref.get(isBehind))) {
      yield* Ref.set(isBehind, false)
      yield* untilStored("begin with what waited", inbox.caughtUp(channelName))
    }
    const took = (yield* elapsedMillis) - asked
    const isIdle = updates.length === 0 && took < Duration.toMillis(pause)
    if (isIdle && before !== "new") yield* Effect.sleep(pause)
  })

  const failed = Effect.fnUntraced(function* (error: BotApiError) {
    yield* Ref.set(state, isRivalry(error) ? "well" : "unwell")
    yield* Ref.set(isBehind, true)
    yield* watch.failed(yield* withWebhookHost(api, error))
  })

  const loop = untilAnswered(Effect.tapError(once, failed)).pipe(Effect.forever)
  return yield* Effect.raceFirst(loop, courtesies.serve)
})
