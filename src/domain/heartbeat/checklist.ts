// SPDX-License-Identifier: MIT OR Apache-2.0
/** What stands open in a HEARTBEAT.md, and since when it is due. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { defaultMinuteOfDay } from "../schedule/repetition.ts"
import { instantOf } from "../schedule/wallClock.ts"

export interface Item {
  readonly text: string
  /** Milliseconds since 1970; null for an item without a date. */
  readonly dueAt: number | null
}

const box = /^\s*[-*+]\s+\[([ xX])\]\s+(.*)$/
const date = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2}))?(?!\d)/

const dueOf = (text: string, zone: DateTime.TimeZone): number | null => {
  const match = date.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute] = match.map(Number)
  const parts = { year: year!, month: month!, day: day! }
  const shown = Option.getOrNull(DateTime.make(parts))
  if (shown === null || DateTime.toPartsUtc(shown).month !== month) return null
  const minuteOfDay = match[4] === undefined ? defaultMinuteOfDay : hour! * 60 + minute!
  if (minuteOfDay >= 24 * 60) return null
  return instantOf(DateTime.toEpochMillis(shown) + minuteOfDay * 60_000, zone)
}

/** The lines `- [ ] …`; one that begins with a date is due from then on. */
export const openItems = (markdown: string, zone: DateTime.TimeZone): ReadonlyArray<Item> =>
  markdown.split("\n").flatMap((line) => {
    const [, mark, text = ""] = box.exec(line) ?? []
    return mark === " " && text.trim() !== ""
      ? [{ text: text.trim(), dueAt: dueOf(text, zone) }]
      : []
  })

/** All but what is done: what makes the checklist another one. */
export const openPart = (markdown: string): string =>
  markdown
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/[xX]/.test(box.exec(line)?.[1] ?? ""))
    .join("\n")
