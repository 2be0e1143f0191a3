// SPDX-License-Identifier: MIT OR Apache-2.0
/** No window of time holds more calls than Telegram allows, and final texts come before growing ones. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as CallLimits from "../../src/layers/telegram/CallLimits.ts"
import { ChannelError, RateLimited } from "../../src/services/Channel.ts"

const start = Effect.sync(() => {
  const limits = CallLimits.make({ chatInterval: 1000 })
  /** The milliseconds to wait; 0 when the call was made. */
  const ask = (
    chat: string,
    isGrowing = false,
    call: Effect.Effect<void, ChannelError> = Effect.void
  ) =>
    limits.kept(chat, "send", isGrowing, call).pipe(
      Effect.as(0),
      Effect.catch(({ reason }) =>
        Effect.succeed(reason._tag === "RateLimited" ? reason.retryAfterMillis : -1)
      )
    )
  return { ask, limits }
})

const refusal = (retryAfterMillis: number) =>
  Effect.fail(
    new ChannelError({
      channel: "telegram",
      operation: "send",
      reason: new RateLimited({ retryAfterMillis })
    })
  )

const Attempt = Schema.Struct({
  chat: Schema.Literals(["1", "2", "-3"]),
  isGrowing: Schema.Boolean,
  pause: Schema.Literals([0, 0, 1, 40, 700, 3000])
})

describe("CallLimits", () => {
  it.effect("three at once, then one when the first is three seconds old", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      for (let n = 0; n < 3; n++) assert.strictEqual(yield* ask("1"), 0)
      assert.strictEqual(yield* ask("1"), 3050)
      assert.strictEqual(yield* ask("2"), 0)
      yield* TestClock.adjust(3049)
      assert.strictEqual(yield* ask("1"), 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* ask("1"), 0)
    })
  )

  it.effect("a clock that is set back lets nobody wait", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      yield* TestClock.setTime(3_600_000)
      for (let n = 0; n < 3; n++) assert.strictEqual(yield* ask("1"), 0)
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* ask("1"), 3050)
    })
  )

  it.effect("growing replies leave a place for the final text", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      for (let n = 0; n < 2; n++) assert.strictEqual(yield* ask("1", true), 0)
      assert.isAbove(yield* ask("1", true), 0)
      assert.strictEqual(yield* ask("1"), 0)
      assert.isAbove(yield* ask("1"), 0)
    })
  )

  it.effect("a group gets twenty in a minute, twelve of them for replies that grow", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      const made = Effect.fnUntraced(function* (isGrowing: boolean) {
        const wait = yield* ask("-1", isGrowing)
        yield* TestClock.adjust(1600)
        return wait
      })
      for (let n = 0; n < 12; n++) assert.strictEqual(yield* made(true), 0)
      assert.isAbove(yield* made(true), 30_000)
      for (let n = 0; n < 8; n++) assert.strictEqual(yield* made(false), 0)
      const wait = yield* ask("-1")
      assert.isAbove(wait, 20_000)
      yield* TestClock.adjust(wait)
      assert.strictEqual(yield* ask("-1"), 0)
      assert.isAbove(yield* ask("-1"), 0)
      assert.strictEqual(yield* ask("1"), 0, "a person is no group")
    })
  )

  it.effect("a call under way counts, however long it takes, and from its end on", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      for (let n = 0; n < 2; n++) yield* ask("1")
      const slow = yield* Effect.forkChild(ask("1", false, Effect.sleep(4000)))
      yield* TestClock.adjust(3900)
      for (let n = 0; n < 2; n++) assert.strictEqual(yield* ask("1"), 0)
      assert.isAbove(yield* ask("1"), 3000)
      yield* TestClock.adjust(100)
      yield* Fiber.join(slow)
      yield* TestClock.adjust(2950)
      assert.strictEqual(yield* ask("1"), 0)
      assert.strictEqual(yield* ask("1"), 0)
      assert.strictEqual(yield* ask("1"), 100)
    })
  )

  it.effect("after Telegram's own refusal: a pause for all, then slow growing replies", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      assert.strictEqual(yield* ask("1", true, refusal(2000)), 2000)
      assert.strictEqual(yield* ask("1"), 2000)
      yield* TestClock.adjust(4000)
      assert.strictEqual(yield* ask("1", true), 1000)
      assert.strictEqual(yield* ask("1"), 0, "a final text is not slowed down")
      yield* TestClock.adjust(60_000)
      for (let n = 0; n < 2; n++) assert.strictEqual(yield* ask("1", true), 0)
    })
  )

  it.effect.prop(
    "no window of time is overfull, whoever asks when",
    [Arbitrary.array(Arbitrary.schema(Attempt), { minLength: 50, maxLength: 200 })],
    ([attempts]) =>
      Effect.gen(function* () {
        const { ask } = yield* start
        const made: Array<{ readonly chat: string; readonly at: number }> = []
        for (const { chat, isGrowing, pause } of attempts) {
          yield* TestClock.adjust(pause)
          const at = yield* Clock.currentTimeMillis
          if ((yield* ask(chat, isGrowing)) === 0) made.push({ chat, at })
        }
        for (const { at, chat } of made) {
          const from = (span: number) => made.filter((one) => one.at >= at && one.at < at + span)
          const here = (span: number) => from(span).filter((one) => one.chat === chat)
          assert.isAtMost(from(1000).length, 30)
          assert.isAtMost(here(3000).length, 3)
          if (chat.startsWith("-")) assert.isAtMost(here(60_000).length, 20)
        }
      }),
    { arbitrary: { runs: 40 } }
  )

  it.effect("many chats at once keep to the limit of the whole bot, final texts first", () =>
    Effect.gen(function* () {
      const { ask } = yield* start
      const made = (isGrowing: boolean, name: string) =>
        Effect.map(
          Effect.forEach(
            Array.from({ length: 40 }, (_, n) => `${name}${n}`),
            (chat) => ask(chat, isGrowing)
          ),
          (waits) => waits.filter((wait) => wait === 0).length
        )
      assert.strictEqual(yield* made(true, "1"), 20)
      assert.strictEqual(yield* made(false, "2"), 8)
      yield* TestClock.adjust(1050)
      assert.strictEqual(yield* made(false, "3"), 28)
    })
  )
})
