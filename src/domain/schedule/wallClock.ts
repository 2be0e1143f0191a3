// SPDX-License-Identifier: MIT OR Apache-2.0
/** Between instants and what a clock on the wall shows; a shown time is written as if it were UTC. */
import * as DateTime from "effect/DateTime"

const offsetAt = (instant: number, zone: DateTime.TimeZone): number =>
  DateTime.zonedOffset(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))

/** What the wall shows at an instant. */
export const shownAt = (instant: number, zone: DateTime.TimeZone): number =>
  instant + offsetAt(instant, zone)

const minute = 60_000

/**
 * The instant at which the wall shows this. What is shown twice counts the first time; what is never
 * shown, because the clock is put forward over it, counts at the first minute after.
 */
export const instantOf = (shown: number, zone: DateTime.TimeZone): number => {
  const parts = DateTime.toPartsUtc(DateTime.makeUnsafe(shown))
  const resolve = (disambiguation: "earlier" | "later") =>
    DateTime.toEpochMillis(
      DateTime.makeZonedUnsafe(parts, { timeZone: zone, adjustForTimeZone: true, disambiguation })
    )
  const earlier = resolve("earlier")
  if (shownAt(earlier, zone) === shown) return earlier
  const before = offsetAt(earlier, zone)
  let [low, high] = [earlier, resolve("later")]
  while (high - low > minute) {
    const middle = low + Math.floor((high - low) / 2 / minute) * minute
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return high
}
