// SPDX-License-Identifier: MIT OR Apache-2.0
/** In-memory ports and a captured log for the Telegram tests. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { SessionId } from "../../src/domain/Ids.ts"
import { textOf } from "../../src/domain/Message.ts"
import * as TelegramChannel from "../../src/layers/telegram/TelegramChannel.ts"
import { ChannelHealth } from "../../src/services/ChannelHealth.ts"
import { Inbox, type Incoming } from "../../src/services/Inbox.ts"
import { type Admission, Pairing } from "../../src/services/Pairing.ts"
import { Questions, type Standing } from "../../src/services/Questions.ts"
import { StoreError } from "../../src/services/Store.ts"
import type { BotApi } from "../fakes/BotApi.ts"

export const owner = 4711

export interface World {
  readonly received: Array<Incoming>
  readonly texts: () => ReadonlyArray<string>
  /** Of what was received, what was sent while nobody listened. */
  readonly backlog: Array<Incoming>
  /** How many had been received each time that no more waited. */
  readonly caughtUp: Array<number>
  readonly skipped: Array<number>
  readonly moved: Array<{ readonly from: string; readonly to: string }>
  readonly log: Array<string>
  onLog: () => void
  offset: number
  /** How many of the next writes fail. */
  failingWrites: number
  failingReads: number
  /** Called before a message is stored. */
  onReceive: (incoming: Incoming) => void
  admit: (address: string) => Admission
  /** How questions stand, by name. */
  readonly questions: Map<string, Standing>
}

export const makeWorld = (): World => {
  const received: Array<Incoming> = []
  return {
    received,
    texts: () => received.map(({ parts }) => textOf(parts)),
    backlog: [],
    caughtUp: [],
    skipped: [],
    moved: [],
    log: [],
    onLog: () => undefined,
    offset: 0,
    failingWrites: 0,
    failingReads: 0,
    onReceive: () => undefined,
    admit: () => ({ _tag: "Silent" }),
    questions: new Map()
  }
}

const write = (world: World, change: () => void) =>
  Effect.suspend(() => {
    if (world.failingWrites > 0) {
      world.failingWrites--
      return Effect.fail(new StoreError({ operation: "a write", cause: "disk full" }))
    }
    return Effect.sync(change)
  })

const inboxOf = (world: World) =>
  Inbox.of({
    receive: (incoming, options) =>
      Effect.gen(function* () {
        let isNew = false
        yield* write(world, () => {
          world.onReceive(incoming)
          isNew = !world.received.some(({ updateId }) => updateId === incoming.updateId)
          if (isNew) world.received.push(incoming)
          if (isNew && options?.isBacklog === true) world.backlog.push(incoming)
          world.offset = Math.max(world.offset, options?.offset ?? 0)
        })
        return { inboxId: world.received.length, session: SessionId.make("s"), isNew }
      }),
    caughtUp: () => write(world, () => world.caughtUp.push(world.received.length)),
    moved: (_, chat, offset) =>
      write(world, () => {
        world.moved.push(chat)
        world.offset = Math.max(world.offset, offset)
      }),
    skip: (_, offset) =>
      write(world, () => {
        world.skipped.push(offset - 1)
        world.offset = Math.max(world.offset, offset)
      }),
    offset: () =>
      Effect.suspend(() =>
        world.failingReads-- > 0
          ? Effect.fail(new StoreError({ operation: "a read", cause: "disk gone" }))
          : Effect.succeed(world.offset)
      )
  })

const pairingOf = (world: World) =>
  Pairing.of({
    admit: ({ address }) => Effect.sync(() => world.admit(address)),
    find: ({ address }) =>
      Effect.sync(() => {
        const admission = world.admit(address)
        return admission._tag === "Known" ? Option.some(admission.person) : Option.none()
      }),
    list: Effect.succeed([]),
    approve: () => Effect.succeedNone,
    revoke: () => Effect.succeedNone
  })

const questionsOf = (world: World) =>
  Questions.of({
    standing: (question) =>
      Effect.sync(() => Option.fromUndefinedOr(world.questions.get(question))),
    answer: () => Effect.die("Unexpected call"),
    stopping: () => Effect.die("Unexpected call")
  })

const capture = (world: World) =>
  Logger.layer([
    Logger.make(({ cause, logLevel, message }) => {
      world.log.push(`${logLevel} ${Formatter.format(message)} ${Formatter.format(cause)}`)
      world.onLog()
    })
  ])

/** Ends when a line of the log fits. */
export const untilLogged = (world: World, pattern: RegExp): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    world.onLog = () => {
      if (world.log.some((entry) => pattern.test(entry))) resume(Effect.void)
    }
    world.onLog()
  })

export const layer = (world: World) =>
  Layer.mergeAll(
    Layer.succeed(Inbox, inboxOf(world)),
    Layer.succeed(Pairing, pairingOf(world)),
    Layer.succeed(Questions, questionsOf(world)),
    ChannelHealth.layer,
    capture(world),
    Layer.succeed(References.MinimumLogLevel, "Debug")
  )

/** Chats take any number of messages, unless `editInterval` says how often. */
export const telegram = (bot: BotApi, token = bot.token, editInterval = Duration.zero) =>
  TelegramChannel.make({
    token: Redacted.make(token),
    settings: {
      api_root: bot.url,
      allowed_users: [owner],
      poll_timeout: Duration.seconds(50),
      edit_interval: editInterval,
      join_within: Duration.millis(400)
    }
  })
