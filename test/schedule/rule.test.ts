// SPDX-License-Identifier: MIT OR Apache-2.0
/** When things are due: clocks put forward and back, long pauses, and any rule in any zone. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { dueSince, nextAfter, type Rule, upcoming } from "../../src/domain/schedule/Rule.ts"

const zoneOf = (name: string) => DateTime.zoneMakeNamedUnsafe(name)
const berlin = zoneOf("Europe/Berlin")
const at = (iso: string) => DateTime.toEpochMillis(DateTime.makeUnsafe(iso))
const isoTimes = (rule: Rule, from: string, count: number, zone = berlin) =>
  upcoming(rule, zone, at(from), count).map((time) => DateTime.formatIso(DateTime.makeUnsafe(time)))
const cron = (expression: string): Rule => ({ _tag: "Cron", expression })

describe("Europe/Berlin puts its clocks forward on 2026-03-29, from 02:00 to 03:00", () => {
  it("a time that does not exist runs at the next existing minute", () => {
    assert.deepEqual(isoTimes(cron("30 2 * * *"), "2026-03-27T12:00:00Z", 3), [
      "2026-03-28T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z"
    ])
  })

  it("several such times run together, once, and none is lost to the next day", () => {
    assert.deepEqual(isoTimes(cron("15,45 2,3 * * *"), "2026-03-29T00:00:00Z", 4), [
      "2026-03-29T01:00:00.000Z",
      "2026-03-29T01:15:00.000Z",
      "2026-03-29T01:45:00.000Z",
      "2026-03-30T00:15:00.000Z"
    ])
  })

  it("so does a time of every few days", () => {
    const from = at("2026-03-27T00:00:00Z")
    const rule: Rule = { _tag: "Days", days: 2, from, minuteOfDay: 150 }
    assert.deepEqual(isoTimes(rule, "2026-03-27T00:00:00Z", 3), [
      "2026-03-27T01:30:00.000Z",
      "2026-03-29T01:00:00.000Z",
      "2026-03-31T00:30:00.000Z"
    ])
  })
})

describe("and back on 2026-10-25, from 03:00 to 02:00", () => {
  it("a time that exists twice runs once, the first time", () => {
    assert.deepEqual(isoTimes(cron("30 2 * * *"), "2026-10-24T12:00:00Z", 2), [
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z"
    ])
    // From within the repeated hour, too.
    assert.deepEqual(isoTimes(cron("30 2 * * *"), "2026-10-25T01:10:00Z", 1), [
      "2026-10-26T01:30:00.000Z"
    ])
  })

  it("what runs at all hours goes on in real time", () => {
    assert.deepEqual(isoTimes(cron("*/30 * * * *"), "2026-10-25T00:15:00Z", 4), [
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:00:00.000Z",
      "2026-10-25T01:30:00.000Z",
      "2026-10-25T02:00:00.000Z"
    ])
  })
})

describe("rules", () => {
  it("a day that a zone left out is made up for at once: Samoa had no 30 December 2011", () => {
    assert.deepEqual(
      isoTimes(cron("0 9 30 12 *"), "2011-12-01T00:00:00Z", 1, zoneOf("Pacific/Apia")),
      ["2011-12-30T10:00:00.000Z"]
    )
  })

  it("every third hour is found from within a gap too: Santiago skipped the first of 2 September 2012", () => {
    const santiago = zoneOf("America/Santiago")
    const rule = cron("1 */3 * */4 0")
    const wanted = ["2012-09-02T04:00:00.000Z", "2012-09-02T06:01:00.000Z"]
    assert.deepEqual(isoTimes(rule, "2012-07-15T00:00:00Z", 2, santiago), wanted)
    assert.deepEqual(isoTimes(rule, "2012-09-02T03:59:59Z", 2, santiago), wanted)
  })

  it("a date that never comes has no next time", () => {
    assert.deepEqual(upcoming(cron("0 9 30 2 *"), berlin, at("2026-01-01T00:00:00Z"), 3), [])
  })

  it("the newest missed times are found after years, without going through them all", () => {
    const rule = cron("* * * * *")
    const now = at("2026-01-01T00:00:30Z")
    const found = dueSince(rule, berlin, at("2016-01-01T00:00:00Z"), now, 10)
    assert.strictEqual(found.length, 10)
    assert.strictEqual(found.at(-1), at("2026-01-01T00:00:00Z"))
    const yearly = dueSince(cron("0 9 1 5 *"), berlin, at("2016-05-01T07:00:00Z"), now, 10)
    assert.deepEqual(
      yearly.map((time) => DateTime.formatIso(DateTime.makeUnsafe(time)).slice(0, 10)),
      Array.from({ length: 10 }, (_, index) => `${2016 + index}-05-01`)
    )
  })
})

const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "Pacific/Apia",
  "Pacific/Chatham",
  "America/Santiago"
] as const

const Between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Field = (minimum: number, maximum: number) =>
  Schema.Union([
    Schema.Literal("*"),
    Schema.TaggedStruct("Values", {
      values: Schema.NonEmptyArray(Between(minimum, maximum)).check(Schema.isMaxLength(3))
    }),
    Schema.TaggedStruct("Step", { step: Between(2, Math.max(2, Math.floor(maximum / 2))) })
  ])
const Wild = Schema.Union([
  Schema.TaggedStruct("Fields", {
    minute: Field(0, 59),
    hour: Field(0, 23),
    day: Field(1, 28),
    month: Field(1, 12),
    weekday: Field(0, 7)
  }),
  Schema.TaggedStruct("Every", { minutes: Between(1, 5000) }),
  Schema.TaggedStruct("Days", { days: Between(1, 40), minuteOfDay: Between(0, 1439) })
])
type Fields = Schema.Schema.Type<ReturnType<typeof Field>>
const spell = (field: Fields): string =>
  field === "*" ? "*" : field._tag === "Step" ? `*/${field.step}` : field.values.join(",")

const ruleOf = (wild: typeof Wild.Type, from: number): Rule => {
  switch (wild._tag) {
    case "Every":
      return { _tag: "Every", millis: wild.minutes * 60_000, from }
    case "Days":
      return {
        _tag: "Days",
        days: wild.days,
        from: Math.floor(from / 86_400_000) * 86_400_000,
        minuteOfDay: wild.minuteOfDay
      }
    case "Fields":
      return cron([wild.minute, wild.hour, wild.day, wild.month, wild.weekday].map(spell).join(" "))
  }
}

describe("any rule in any zone", () => {
  it.effect.prop(
    "the next times increase, never repeat, and are the same from wherever one looks",
    {
      wild: Wild,
      zone: Schema.Literals(zones),
      // Minutes from 2010 to 2037.
      start: Between(21_038_400, 35_238_400)
    },
    ({ start, wild, zone: name }) =>
      Effect.sync(() => {
        const zone = zoneOf(name)
        const from = start * 60_000
        const rule = ruleOf(wild, from)
        const times = upcoming(rule, zone, from, 12)
        for (const [index, time] of times.entries()) {
          const before = index === 0 ? from : times[index - 1]!
          assert.isAbove(time, before)
          assert.strictEqual(time % 60_000, 0)
          const middle = before + Math.floor((time - before) / 2)
          assert.deepEqual(nextAfter(rule, zone, middle), Option.some(time))
          assert.deepEqual(nextAfter(rule, zone, time - 1), Option.some(time))
        }
        if (times.length === 12) {
          const now = times[11]!
          assert.deepEqual(dueSince(rule, zone, times[0]!, now, 12), times)
          assert.deepEqual(dueSince(rule, zone, times[0]!, now, 3), times.slice(-3))
        }
      }),
    { arbitrary: { runs: 400 } }
  )
})
