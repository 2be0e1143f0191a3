// SPDX-License-Identifier: MIT OR Apache-2.0
/** The calendar days and months that budgets and reports run over, in a time zone of the person's. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export const PeriodName = Schema.Literals(["day", "month"])
export type PeriodName = typeof PeriodName.Type

/** Milliseconds since 1970: from `start` on, `end` no more. */
export interface Period {
  readonly start: number
  readonly end: number
}

/**
 * The first instant of a date. Where clocks jump over midnight that is when they jump; where they
 * show midnight twice it is the first time, so that no hour of a day is outside of it.
 */
const firstInstant = (
  timeZone: DateTime.TimeZone,
  date: { readonly year: number; readonly month: number; readonly day: number }
): number =>
  DateTime.toEpochMillis(
    DateTime.makeZonedUnsafe(
      { ...date, hour: 0, minute: 0, second: 0, millisecond: 0 },
      { timeZone, adjustForTimeZone: true, disambiguation: "compatible" }
    )
  )

/** The day or month in which `time` (milliseconds since 1970) lies. A day has 23 to 25 hours. */
export const periodOf = (time: number, zone: DateTime.TimeZone, name: PeriodName): Period => {
  const { day, month, year } = DateTime.toParts(DateTime.setZone(DateTime.makeUnsafe(time), zone))
  return name === "day"
    ? {
        start: firstInstant(zone, { year, month, day }),
        end: firstInstant(zone, { year, month, day: day + 1 })
      }
    : {
        start: firstInstant(zone, { year, month, day: 1 }),
        end: firstInstant(zone, { year, month: month + 1, day: 1 })
      }
}

/** The `count` days before the one in which `time` lies, newest first. */
export const daysBefore = (
  time: number,
  zone: DateTime.TimeZone,
  count: number
): ReadonlyArray<Period> => {
  const days: Array<Period> = []
  let { start } = periodOf(time, zone, "day")
  while (days.length < count) {
    const day = periodOf(start - 1, zone, "day")
    days.push(day)
    start = day.start
  }
  return days
}

/** How many days of the month come after the one in which `time` lies. */
export const daysLeftInMonth = (time: number, zone: DateTime.TimeZone): number => {
  const { end } = periodOf(time, zone, "month")
  let count = 0
  for (let day = periodOf(time, zone, "day"); day.end < end; count++)
    day = periodOf(day.end, zone, "day")
  return count
}

/** `2026-11-26 00:00 (Europe/Berlin)`, for a zone by its name. */
export const spellInstant = (time: number, zone: string): string => {
  const zoned = Option.getOrElse(DateTime.makeZoned(time, { timeZone: zone }), () =>
    DateTime.makeUnsafe(time)
  )
  const { day, hour, minute, month, year } = DateTime.toParts(zoned)
  const two = (value: number) => String(value).padStart(2, "0")
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} (${zone})`
}
