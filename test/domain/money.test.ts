// SPDX-License-Identifier: MIT OR Apache-2.0
/** Days and months of a calendar whose clocks jump, the forecast, and amounts as people read them. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { forecastMicros } from "../../src/domain/forecast.ts"
import { formatMicros } from "../../src/domain/money.ts"
import { daysBefore, daysLeftInMonth, periodOf } from "../../src/domain/period.ts"
import { costMicros, prices } from "../../src/domain/prices.ts"

const zones = ["UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Asia/Kathmandu"] as const
const zoneOf = (name: string) => DateTime.zoneMakeNamedUnsafe(name)

describe("periods", () => {
  it.prop(
    "hold their time, follow on each other, and keep one date by another calendar",
    [
      Schema.Literals(zones),
      Schema.Int.check(Schema.isBetween({ minimum: Date.UTC(2024, 0), maximum: Date.UTC(2028, 0) }))
    ],
    ([name, time]) => {
      const zone = zoneOf(name)
      const date = new Intl.DateTimeFormat("en-CA", { timeZone: name })
      const day = periodOf(time, zone, "day")
      assert.isTrue(day.start <= time && time < day.end)
      assert.strictEqual(date.format(day.start), date.format(time))
      assert.strictEqual(date.format(day.end - 1), date.format(time))
      assert.notStrictEqual(date.format(day.start - 1), date.format(time))
      assert.notStrictEqual(date.format(day.end), date.format(time))
      const month = periodOf(time, zone, "month")
      assert.isTrue(month.start <= day.start && day.end <= month.end)
      assert.match(date.format(month.start), /-01$/)
      assert.strictEqual(date.format(month.end - 1).slice(0, 7), date.format(time).slice(0, 7))
      const [yesterday, before] = daysBefore(time, zone, 2)
      assert.strictEqual(yesterday!.end, day.start)
      assert.strictEqual(before!.end, yesterday!.start)
      const lastDay = Number(date.format(month.end - 1).slice(8))
      assert.strictEqual(daysLeftInMonth(time, zone), lastDay - Number(date.format(time).slice(8)))
    }
  )

  it("an hour that comes twice, or a midnight that never comes, belongs to its day", () => {
    const hours = (name: string, time: number) => {
      const { end, start } = periodOf(time, zoneOf(name), "day")
      return (end - start) / 3_600_000
    }
    const firstTime = Date.UTC(2026, 10, 1, 4, 30)
    assert.strictEqual(hours("America/Havana", firstTime), 25)
    assert.strictEqual(
      periodOf(firstTime, zoneOf("America/Havana"), "day").start,
      periodOf(firstTime + 3_600_000, zoneOf("America/Havana"), "day").start
    )
    assert.strictEqual(hours("Africa/Cairo", Date.UTC(2026, 3, 24, 12)), 23)
  })
})

describe("the forecast", () => {
  const week = { monthMicros: 1000, todayMicros: 50, daysLeft: 10 }

  it("is what was spent, and the mean of the last seven days for each day left", () => {
    const lastDays = [70, 0, 0, 0, 0, 0, 0, 9999]
    assert.strictEqual(forecastMicros({ ...week, lastDays }), 1000 + 10 * 10)
  })
  it("with fewer days takes what there is, and on the first day today", () => {
    assert.strictEqual(forecastMicros({ ...week, lastDays: [30, 10] }), 1000 + 20 * 10)
    assert.strictEqual(forecastMicros({ ...week, lastDays: [] }), 1000 + 50 * 10)
  })
  it("on the last day is what was spent", () => {
    assert.strictEqual(forecastMicros({ ...week, daysLeft: 0, lastDays: [30] }), 1000)
  })
})

describe("amounts", () => {
  it("show what little a cheap call costs", () => {
    const price = prices.get("claude-haiku-5-5")!
    const usage = { input: 12, cacheRead: 301, cacheWrite: 0, cacheWrite1h: 0, output: 67 }
    // 1.2 + 3.01 + 33.5 micro-dollars, rounded up once.
    assert.strictEqual(costMicros(price, usage), 38)
    assert.deepEqual([0, 1, 38, 999, 1000, 4200, 99_999, 100_000, 3_000_000].map(formatMicros), [
      "$0.00",
      "$0.000001",
      "$0.000038",
      "$0.000999",
      "$0.0010",
      "$0.0042",
      "$0.1000",
      "$0.10",
      "$3.00"
    ])
  })
})
