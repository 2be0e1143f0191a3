// SPDX-License-Identifier: MIT OR Apache-2.0
/** How the loop waits after each kind of failure, on a virtual clock. */
import * as GoneChats from "../../src/layers/telegram/GoneChats.ts"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName } from "../../src/domain/Ids.ts"
import type { BotApi } from "../../src/layers/telegram/BotApi.ts"
import {
  BotApiError,
  Conflict,
  NetworkFault,
  NoAnswer,
  type Reason,
  ServerFault,
  TooManyRequests,
  Unauthorized
} from "../../src/layers/telegram/BotApiError.ts"
import { listen } from "../../src/layers/telegram/poll.ts"
import { ChannelHealth } from "../../src/services/ChannelHealth.ts"
import { layer, makeWorld } from "./support.ts"

const telegram = ChannelName.make("telegram")
const network = new NetworkFault({ code: "ECONNREFUSED" })

const unexpected = () => Effect.die("Unexpected call")
const apiWith = (methods: Partial<BotApi>): BotApi => ({
  getMe: Effect.succeed({ id: 123456, username: "blufio_bot" }),
  getWebhookUrl: unexpected(),
  getUpdates: unexpected,
  sendMessage: unexpected,
  editMessageText: unexpected,
  sendFile: unexpected,
  deleteMessage: unexpected,
  answerCallbackQuery: unexpected,
  sendTyping: unexpected,
  react: unexpected,
  getFile: unexpected,
  setMyCommands: () => Effect.void,
  ...methods
})

/** Polls fail with `failure` while it is set, and last as long as they may else. */
const start = Effect.gen(function* () {
  const at: Array<number> = []
  const timeouts: Array<number> = []
  const line: { failure: Reason | undefined; menuFails: boolean } = {
    failure: undefined,
    menuFails: false
  }
  let menus = 0
  const failed = (method: string, reason: Reason) =>
    Effect.fail(new BotApiError({ method, reason }))
  const api = apiWith({
    getUpdates: ({ timeout }) =>
      Effect.gen(function* () {
        at.push(yield* Clock.currentTimeMillis)
        timeouts.push(Duration.toSeconds(timeout))
        if (line.failure !== undefined) return yield* failed("getUpdates", line.failure)
        yield* Effect.sleep(timeout)
        return []
      }),
    setMyCommands: () =>
      Effect.suspend(() => {
        menus++
        return line.menuFails ? failed("setMyCommands", network) : Effect.void
      })
  })
  const run = yield* Effect.forkChild(
    listen({
      api,
      gone: GoneChats.make(),
      allowedUsers: new Set(),
      pollTimeout: Duration.seconds(50),
      joinWithin: Duration.millis(400)
    })
  )
  const health = yield* ChannelHealth
  const problems = Effect.map(health.problems, (all) => all.map(({ detail }) => detail))
  /** The times between polls, in milliseconds, while the clock moves on. */
  const gapsOver = Effect.fnUntraced(function* (duration: Duration.Input) {
    const from = at.length
    yield* TestClock.adjust(duration)
    return at.slice(from - 1).flatMap((time, i, times) => (i === 0 ? [] : [time - times[i - 1]!]))
  })
  return { gapsOver, health, line, menus: () => menus, problems, run, timeouts }
})

const world = () => {
  const here = makeWorld()
  return { here, provide: Effect.provide(layer(here)) }
}

/** Starts a loop that fails with `reason` once its first long poll has ended. */
const failing = Effect.fnUntraced(function* (reason: Reason) {
  const loop = yield* start
  yield* TestClock.adjust("49 seconds")
  loop.line.failure = reason
  return loop
})

describe("the poll loop's patience", () => {
  it.effect(
    "waits longer and longer, with jitter, up to half a minute, and is quick at first",
    () => {
      const { here, provide } = world()
      return Effect.gen(function* () {
        const { gapsOver, line, run } = yield* failing(network)
        const [, ...gaps] = yield* gapsOver("6 minutes")
        assert.isBelow(gaps[0]!, 400)
        gaps.slice(0, 7).forEach((gap, i) => {
          const nominal = 250 * 2 ** i
          assert.isTrue(gap >= 0.8 * nominal - 1 && gap <= 1.2 * nominal + 1, `${i}: ${gap}`)
        })
        assert.isTrue(gaps.every((gap) => gap <= 36_001))
        assert.isTrue(gaps.slice(7).every((gap) => gap >= 23_999))
        line.failure = undefined
        yield* TestClock.adjust("37 seconds")
        line.failure = network
        const [, again] = yield* gapsOver("55 seconds")
        assert.isBelow(again!, 400)
        assert.isUndefined(run.pollUnsafe())
        assert.isTrue(here.log.some((entry) => entry.includes("Telegram answers again")))
      }).pipe(provide)
    }
  )

  it.effect("waits exactly as long as Telegram asks", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      const { gapsOver } = yield* failing(new TooManyRequests({ retryAfterMillis: 17_000 }))
      const [, ...gaps] = yield* gapsOver("2 minutes")
      assert.deepStrictEqual([...new Set(gaps)], [17_000])
    }).pipe(provide)
  })

  it.effect(
    "a conflict is retried every five seconds for ever, named, and not logged each time",
    () => {
      const { here, provide } = world()
      return Effect.gen(function* () {
        const loop = yield* failing(new Conflict({ rival: "poller" }))
        yield* TestClock.adjust("10 seconds")
        assert.match((yield* loop.problems)[0] ?? "", /^another process polls with the same token/)
        const [, ...gaps] = yield* loop.gapsOver("3 hours")
        assert.deepStrictEqual([...new Set(gaps)], [5000])
        assert.isAbove(gaps.length, 2000)
        const lines = here.log.filter((entry) =>
          entry.includes("another process polls with the same token")
        )
        assert.isTrue(lines.length >= 150 && lines.length <= 185, String(lines.length))
        assert.match((yield* loop.problems)[0] ?? "", /another process polls with the same token/)
        loop.line.failure = undefined
        yield* TestClock.adjust("56 seconds")
        assert.deepStrictEqual(yield* loop.problems, [])
      }).pipe(provide)
    }
  )

  it.effect("a refused token is an error with the next step, retried every minute", () => {
    const { here, provide } = world()
    return Effect.gen(function* () {
      const loop = yield* failing(new Unauthorized({ status: 401 }))
      const [, ...gaps] = yield* loop.gapsOver("10 minutes")
      assert.deepStrictEqual([...new Set(gaps)], [60_000])
      assert.isTrue(
        here.log.some((entry) =>
          /^Error.*store it \(blufio secret set TELEGRAM_BOT_TOKEN\)/.test(entry)
        )
      )
      assert.match((yield* loop.problems)[0] ?? "", /token is refused/)
    }).pipe(provide)
  })

  it.effect("a poll given up is made anew at once, however often", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      const { gapsOver } = yield* failing(new NoAnswer({ afterMillis: 60_000 }))
      const [, ...gaps] = yield* gapsOver("10 seconds")
      assert.deepStrictEqual([...new Set(gaps)], [250])
    }).pipe(provide)
  })

  it.effect("knows at once whether it hears: after the start and after a failure", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      const { health, line, problems, timeouts } = yield* start
      assert.deepStrictEqual(yield* health.pollAges, [])
      yield* TestClock.adjust("1 milli")
      assert.deepStrictEqual(yield* problems, [])
      assert.deepStrictEqual(timeouts, [0, 50])
      line.failure = new Unauthorized({ status: 401 })
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* problems).length, 1)
      line.failure = undefined
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* problems, [])
      assert.deepStrictEqual(timeouts, [0, 50, 50, 0, 50])
    }).pipe(provide)
  })

  it.effect("polls that fail one by one between answers at once do not make it race", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      let polls = 0
      const api = apiWith({
        getUpdates: ({ timeout }) => {
          polls++
          return Duration.toMillis(timeout) === 0
            ? Effect.succeed([])
            : Effect.fail(new BotApiError({ method: "getUpdates", reason: network }))
        }
      })
      const pollTimeout = Duration.seconds(50)
      yield* Effect.forkChild(
        listen({
          api,
          gone: GoneChats.make(),
          allowedUsers: new Set(),
          pollTimeout,
          joinWithin: Duration.millis(400)
        })
      )
      yield* TestClock.adjust("1 minute")
      assert.isBelow(polls, 120)
    }).pipe(provide)
  })

  it.effect("is ready only while polls finish", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      const { health, line, problems } = yield* start
      yield* TestClock.adjust("1 second")
      line.failure = new ServerFault({ status: 502 })
      yield* TestClock.adjust("52 seconds")
      assert.deepStrictEqual(yield* problems, [])
      assert.deepStrictEqual(yield* health.pollAges, [
        { channel: telegram, ageMillis: Option.some(3000) }
      ])
      yield* TestClock.adjust("62 seconds")
      assert.deepStrictEqual(yield* problems, [])
      yield* TestClock.adjust("1 second")
      assert.match((yield* problems)[0] ?? "", /66 s ago: a server fault \(502\)/)
      line.failure = undefined
      yield* TestClock.adjust("90 seconds")
      assert.deepStrictEqual(yield* problems, [])
    }).pipe(provide)
  })

  it.effect("answers that come at once and hold nothing do not make it race", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      let polls = 0
      const api = apiWith({ getUpdates: () => Effect.sync(() => (polls++, [])) })
      const pollTimeout = Duration.seconds(50)
      yield* Effect.forkChild(
        listen({
          api,
          gone: GoneChats.make(),
          allowedUsers: new Set(),
          pollTimeout,
          joinWithin: Duration.millis(400)
        })
      )
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(polls >= 10 && polls <= 12, String(polls))
    }).pipe(provide)
  })

  it.effect("the menu is registered once", () => {
    const { provide } = world()
    return Effect.gen(function* () {
      const { menus } = yield* start
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(menus(), 1)
    }).pipe(provide)
  })

  it.effect(
    "a menu that could not be registered is offered again with the next finished poll",
    () => {
      const { provide } = world()
      return Effect.gen(function* () {
        const loop = yield* start
        loop.line.menuFails = true
        yield* TestClock.adjust("40 seconds")
        const failed = loop.menus()
        assert.isAtMost(failed, 2)
        loop.line.menuFails = false
        yield* TestClock.adjust("5 minutes")
        assert.strictEqual(loop.menus(), failed + 1)
      }).pipe(provide)
    }
  )

  it.effect("a database that cannot be read delays the start and does not end it", () => {
    const { here, provide } = world()
    here.failingReads = 3
    return Effect.gen(function* () {
      const { timeouts } = yield* start
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(timeouts, [])
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(timeouts, [0, 50])
    }).pipe(provide)
  })
})
