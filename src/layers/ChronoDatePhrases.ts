// SPDX-License-Identifier: MIT OR Apache-2.0
/** Dates in words by `chrono-node`, which is loaded when the first one is read and not before. */
import type { ParsedResult } from "chrono-node/en"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultMinuteOfDay } from "../domain/schedule/repetition.ts"
import { instantOf } from "../domain/schedule/wallClock.ts"
import { type DatePhrase, DatePhrases } from "../services/schedule/DatePhrases.ts"

const minute = 60_000

/** "tonight", "noon" and the like name an hour in their own way. */
const namesAnHour = (found: ParsedResult): boolean =>
  found.start.isCertain("hour") ||
  [...found.start.tags()].some((tag) => /noon|midnight|morning|evening|night/.test(tag))

const timeOf = ({ start }: ParsedResult, hasHour: boolean, zone: DateTime.TimeZone): number => {
  if (start.isCertain("timezoneOffset")) return start.date().getTime()
  const get = (part: "year" | "month" | "day" | "hour" | "minute") => start.get(part) ?? 0
  const day = DateTime.toEpochMillis(
    DateTime.makeUnsafe({ year: get("year"), month: get("month"), day: get("day") })
  )
  const minuteOfDay = hasHour ? get("hour") * 60 + get("minute") : defaultMinuteOfDay
  return instantOf(day + minuteOfDay * minute, zone)
}

export const layer = Layer.succeed(
  DatePhrases,
  DatePhrases.of({
    find: Effect.fn("DatePhrases.find")(function* (text, { now, zone }) {
      const chrono = yield* Effect.promise(() => import("chrono-node/en"))
      const here = DateTime.makeZonedUnsafe(now, { timeZone: zone })
      const reference = {
        instant: DateTime.toDateUtc(here),
        timezone: DateTime.zonedOffset(here) / minute
      }
      return chrono.casual
        .parse(text, reference, { forwardDate: true })
        .map((found): DatePhrase => ({
          start: found.index,
          end: found.index + found.text.length,
          words: found.text,
          at: timeOf(found, namesAnHour(found), zone),
          isSpan: found.end !== undefined && found.end !== null
        }))
    })
  })
)
