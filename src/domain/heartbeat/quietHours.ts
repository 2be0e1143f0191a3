// SPDX-License-Identifier: MIT OR Apache-2.0
import type * as DateTime from "effect/DateTime"
import { shownAt } from "../schedule/wallClock.ts"

const day = 24 * 60

const minuteOf = (time: string): number => {
  const [hours = "0", minutes = "0"] = time.split(":")
  return Number(hours) * 60 + Number(minutes)
}

/** From the first time of day up to the second, which may be the next day's; equal ones: never. */
export const isQuiet = (
  now: number,
  zone: DateTime.TimeZone,
  [from, to]: readonly [string, string]
): boolean => {
  const minute = Math.floor(shownAt(now, zone) / 60_000) % day
  const length = (minuteOf(to) - minuteOf(from) + day) % day
  return (minute - minuteOf(from) + day) % day < length
}
