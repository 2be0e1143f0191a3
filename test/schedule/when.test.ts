// SPDX-License-Identifier: MIT OR Apache-2.0
/** Times as people write them, and what is told when one is not clear. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { env } from "node:process"
import { upcoming } from "../../src/domain/schedule/Rule.ts"
import { spokenRule, spokenTime } from "../../src/domain/schedule/spoken.ts"
import * as ChronoDatePhrases from "../../src/layers/ChronoDatePhrases.ts"
import { When } from "../../src/services/schedule/When.ts"

const berlin = DateTime.zoneMakeNamedUnsafe("Europe/Berlin")
/** A Wednesday, 20:00 in Berlin. */
const now = Date.UTC(2026, 10, 25, 19)

const layer = When.layer.pipe(Layer.provide(ChronoDatePhrases.layer))

const find = Effect.fnUntraced(function* (text: string) {
  yield* TestClock.setTime(now)
  const when = yield* When
  const { rest, rule } = yield* when.find(text, berlin)
  const [first] = upcoming(rule, berlin, now, 1)
  return {
    rest,
    rule: rule._tag === "Once" ? "once" : spokenRule(rule, berlin),
    first: spokenTime(first ?? 0, berlin)
  }
})

describe("once", () => {
  it.effect.each([
    ["tomorrow at 9 call mum", "Thu, 26 Nov 2026, 09:00", "call mum"],
    ["call mum tomorrow at 9", "Thu, 26 Nov 2026, 09:00", "call mum"],
    ["me tomorrow at 9 to call mum", "Thu, 26 Nov 2026, 09:00", "to call mum"],
    ["in 20 minutes: stretch", "Wed, 25 Nov 2026, 20:20", "stretch"],
    ["in 2 hours and 30 minutes tea", "Wed, 25 Nov 2026, 22:30", "tea"],
    ["friday 18:00 bins", "Fri, 27 Nov 2026, 18:00", "bins"],
    ["on friday bins", "Fri, 27 Nov 2026, 09:00", "bins"],
    ["bins on friday", "Fri, 27 Nov 2026, 09:00", "bins"],
    ["next monday pay rent", "Mon, 30 Nov 2026, 09:00", "pay rent"],
    ["2026-12-01 14:30 dentist", "Tue, 1 Dec 2026, 14:30", "dentist"],
    ["2026-12-01T14:30:00Z dentist", "Tue, 1 Dec 2026, 15:30", "dentist"],
    ["on 3 December at noon lunch", "Thu, 3 Dec 2026, 12:00", "lunch"],
    ["at 9 coffee", "Thu, 26 Nov 2026, 09:00", "coffee"],
    ["at 9pm call", "Wed, 25 Nov 2026, 21:00", "call"],
    ["tonight lock up", "Wed, 25 Nov 2026, 22:00", "lock up"],
    ["tomorrow at 9 read about friday", "Thu, 26 Nov 2026, 09:00", "read about friday"],
    ["25/12 at 8 presents", "Fri, 25 Dec 2026, 08:00", "presents"]
  ] as const)("%s", ([text, first, rest]) =>
    Effect.gen(function* () {
      assert.deepEqual(yield* find(text), { rule: "once", first, rest })
    }).pipe(Effect.provide(layer))
  )

  it.effect("does not depend on the machine's own zone", () =>
    Effect.gen(function* () {
      const before = env["TZ"]
      for (const zone of ["America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"]) {
        env["TZ"] = zone
        assert.strictEqual((yield* find("tomorrow at 9 x")).first, "Thu, 26 Nov 2026, 09:00", zone)
        assert.strictEqual((yield* find("in 20 minutes x")).first, "Wed, 25 Nov 2026, 20:20", zone)
        assert.strictEqual((yield* find("friday 0:30 x")).first, "Fri, 27 Nov 2026, 00:30", zone)
      }
      if (before === undefined) delete env["TZ"]
      else env["TZ"] = before
    }).pipe(Effect.provide(layer))
  )

  it.effect("minutes are counted across a change of the clocks", () =>
    Effect.gen(function* () {
      const when = yield* When
      yield* TestClock.setTime(Date.UTC(2026, 9, 24, 23, 30))
      const { rule } = yield* when.find("in 3 hours x", berlin)
      assert.deepEqual(rule, { _tag: "Once", at: Date.UTC(2026, 9, 25, 2, 30) })
    }).pipe(Effect.provide(layer))
  )
})

describe("again and again", () => {
  it.effect.each([
    ["every day at 9 vitamins", "every day at 09:00", "Thu, 26 Nov 2026, 09:00", "vitamins"],
    ["daily: vitamins", "every day at 09:00", "Thu, 26 Nov 2026, 09:00", "vitamins"],
    ["vitamins every day at 21:30", "every day at 21:30", "Wed, 25 Nov 2026, 21:30", "vitamins"],
    ["at 7:15 every day run", "every day at 07:15", "Thu, 26 Nov 2026, 07:15", "run"],
    ["every weekday at 8:30 news", "every weekday at 08:30", "Thu, 26 Nov 2026, 08:30", "news"],
    ["every weekday at 5pm news", "every weekday at 17:00", "Thu, 26 Nov 2026, 17:00", "news"],
    [
      "every monday and thursday at 18:00 gym",
      "every Monday and Thursday at 18:00",
      "Thu, 26 Nov 2026, 18:00",
      "gym"
    ],
    [
      "every sat, sun at 10:00 x",
      "every Sunday and Saturday at 10:00",
      "Sat, 28 Nov 2026, 10:00",
      "x"
    ],
    ["every weekend x", "every Sunday and Saturday at 09:00", "Sat, 28 Nov 2026, 09:00", "x"],
    ["every 2 hours drink", "every 2 hours", "Wed, 25 Nov 2026, 22:00", "drink"],
    ["every 90 minutes drink", "every 90 minutes", "Wed, 25 Nov 2026, 21:30", "drink"],
    ["hourly drink", "every hour", "Wed, 25 Nov 2026, 21:00", "drink"],
    ["weekly on friday report", "every Friday at 09:00", "Fri, 27 Nov 2026, 09:00", "report"],
    ["every other friday report", "every 14 days at 09:00", "Fri, 27 Nov 2026, 09:00", "report"],
    ["every 3 days at 7:00 water", "every 3 days at 07:00", "Thu, 26 Nov 2026, 07:00", "water"],
    [
      "every first of the month at 9 rent",
      "every 1st of the month at 09:00",
      "Tue, 1 Dec 2026, 09:00",
      "rent"
    ],
    [
      "monthly on the 15th rent",
      "every 15th of the month at 09:00",
      "Tue, 15 Dec 2026, 09:00",
      "rent"
    ],
    [
      "every 24 december at 18:00 x",
      "every year on 24 December at 18:00",
      "Thu, 24 Dec 2026, 18:00",
      "x"
    ],
    ["every morning at 7 x", "every day at 07:00", "Thu, 26 Nov 2026, 07:00", "x"],
    ["30 8 * * 1-5 news", "every weekday at 08:30", "Thu, 26 Nov 2026, 08:30", "news"],
    ["*/15 9-17 * * mon x", "cron */15 9-17 * * mon", "Mon, 30 Nov 2026, 09:00", "x"]
  ] as const)("%s", ([text, rule, first, rest]) =>
    Effect.gen(function* () {
      assert.deepEqual(yield* find(text), { rule, first, rest })
    }).pipe(Effect.provide(layer))
  )
})

describe("what is not clear is told, with examples", () => {
  it.effect.each([
    ["call mum", "I do not see when"],
    ["yesterday at 9 call mum", "is over already: Tue, 24 Nov 2026, 09:00"],
    ["today at 9 call mum", "is over already"],
    ["3/4 at 9 call mum", "may be a day and a month"],
    ["from 9 to 10 tomorrow call", "is a span of time"],
    ["tomorrow or friday call mum", "are two times"],
    ["every blue moon dance", "how often"],
    ["every day at 25 dance", "No day has that time"],
    ["ask about friday what they did", "put it first or last"]
  ] as const)("%s", ([text, reason]) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(find(text))
      assert.include(message, reason)
      assert.include(message, '"every weekday at 8:30"')
    }).pipe(Effect.provide(layer))
  )

  it.effect("a time alone must be nothing but a time", () =>
    Effect.gen(function* () {
      const when = yield* When
      yield* TestClock.setTime(now)
      const error = yield* Effect.flip(when.read("every day at 9 and also sing", berlin))
      assert.include(error.message, "and also sing")
      assert.deepEqual(yield* when.read("tomorrow at 9", berlin), {
        _tag: "Once",
        at: Date.UTC(2026, 10, 26, 8)
      })
    }).pipe(Effect.provide(layer))
  )
})
