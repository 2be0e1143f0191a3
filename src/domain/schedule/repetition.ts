// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads repetitions: "every weekday at 8:30", "every 2 hours", "weekly on friday", cron expressions. */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { CronExpression, type Rule } from "./Rule.ts"
import { months } from "./spoken.ts"
import { shownAt } from "./wallClock.ts"

/** For a day that was named without a time. */
export const defaultMinuteOfDay = 9 * 60

export interface Read<A> {
  readonly value: A
  /** How many characters of the text it takes. */
  readonly length: number
}

interface Moment {
  readonly now: number
  readonly zone: DateTime.TimeZone
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const timePattern =
  /^(?:\s*,)?\s*(?:(at)\s+)?(?:(noon|midday)|(midnight)|(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|o'clock)?)(?:\s+(?:in\s+the\s+)?(morning|afternoon|evening))?(?![\w:])/

/** A time of day at the beginning, in minutes. A bare number counts behind "at" only. */
const readTime = (text: string): Read<number> | undefined => {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const [whole, at, noon, midnight, hours, minutes = "0", half, part] = match
  const length = whole.length
  if (noon !== undefined) return { value: 12 * 60, length }
  if (midnight !== undefined) return { value: 0, length }
  if (at === undefined && match[5] === undefined && half === undefined) return undefined
  const named = Number(hours)
  const isHalf = half === "am" || half === "pm"
  if (isHalf && (named < 1 || named > 12)) return undefined
  const isLate = half === "pm" || (!isHalf && named < 12 && /afternoon|evening/.test(part ?? ""))
  const value = ((isHalf ? named % 12 : named) + (isLate ? 12 : 0)) * 60 + Number(minutes)
  return Number(minutes) > 59 || value >= 24 * 60 ? undefined : { value, length }
}

const weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const weekdayPattern = String.raw`(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?`
const weekdayList = String.raw`${weekdayPattern}(?:\s*(?:,|and|&|or|,\s*and)\s*${weekdayPattern})*`

const weekdaysIn = (words: string): string =>
  [...words.matchAll(new RegExp(weekdayPattern, "g"))]
    .map(([name]) => weekdayNames.indexOf(name.slice(0, 3)))
    .toSorted((a, b) => a - b)
    .filter((one, index, all) => one !== all[index - 1])
    .join(",")

const monthPattern = String.raw`(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*`
const monthIn = (word: string): number =>
  months.findIndex((name) => name.toLowerCase().startsWith(word.slice(0, 3))) + 1

/** How often, still without the time of day. */
type Days = (minuteOfDay: number, moment: Moment) => Rule

const cron =
  (rest: string): Days =>
  (at) => ({ _tag: "Cron", expression: `${at % 60} ${Math.floor(at / 60)} ${rest}` })

/** Counts from the next day on which that time is still to come. */
const everyDays =
  (days: number, weekday?: number): Days =>
  (minuteOfDay, { now, zone }) => {
    const shown = shownAt(now, zone)
    let from = Math.floor(shown / day) * day
    if (from + minuteOfDay * minute <= shown) from += day
    // 1970-01-01 was a Thursday.
    const today = (from / day + 4) % 7
    from += weekday === undefined ? 0 : ((weekday - today + 7) % 7) * day
    return { _tag: "Days", days, from, minuteOfDay }
  }

const counts: Readonly<Record<string, number>> = { other: 2, two: 2, three: 3, second: 2, third: 3 }
const countOf = (word: string | undefined): number =>
  word === undefined ? 1 : (counts[word] ?? Number(word))

const ordinals: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3 }
const dayOfMonth = (word: string): number => ordinals[word] ?? Number.parseInt(word, 10)

const nth = String.raw`(first|second|third|\d{1,2}(?:st|nd|rd|th)?)`
const ofMonth = String.raw`(?:\s+day)?(?:\s+(?:of|in)\s+(?:the|each|every)\s+month)`

/** Longer readings stand before those that are their beginnings. */
const forms: ReadonlyArray<readonly [RegExp, (match: RegExpExecArray) => Days | undefined]> = [
  [/^(?:(?:every|each)\s+(?:weekday|work(?:ing)?\s*day)s?|weekdays)\b/, () => cron("* * 1-5")],
  [/^(?:every|each)\s+weekend\b/, () => cron("* * 0,6")],
  [
    new RegExp(
      String.raw`^(?:(?:every|each|weekly)\s+(other\s+)?(?:weeks?\s+)?(?:on\s+)?)(${weekdayList})\b`
    ),
    ([, other, names = ""]) => {
      const found = weekdaysIn(names)
      if (other === undefined) return cron(`* * ${found}`)
      return found.length === 1 ? everyDays(14, Number(found)) : undefined
    }
  ],
  [
    new RegExp(String.raw`^every\s+(\d{1,2}|two|three)\s+weeks\s+on\s+(${weekdayPattern})\b`),
    ([, count, name = ""]) => everyDays(7 * countOf(count), Number(weekdaysIn(name)))
  ],
  [
    new RegExp(
      String.raw`^(?:every\s+(?:year\s+on\s+)?|yearly\s+on\s+|annually\s+on\s+)(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(${monthPattern})\b`
    ),
    ([, date, month = ""]) => cron(`${Number(date)} ${monthIn(month)} *`)
  ],
  [
    new RegExp(
      String.raw`^(?:(?:(?:on\s+)?(?:the\s+)?(?:every|each)\s+)(?:the\s+)?${nth}${ofMonth}|(?:monthly|every\s+month)(?:\s+on\s+(?:the\s+)?${nth})?)(?!\w)`
    ),
    ([, one, other]) => cron(`${dayOfMonth(one ?? other ?? "1")} * *`)
  ],
  [/^every\s+(\d{1,3}|other|two|three|second|third)\s+days?\b/, ([, n]) => everyDays(countOf(n))],
  [
    /^every\s+(\d{1,2}|other|two|three|second|third)\s+weeks?\b/,
    ([, n]) => everyDays(7 * countOf(n))
  ],
  [/^(?:(?:every|each)\s+day|daily)\b/, () => cron("* * *")],
  [/^(?:(?:every|each)\s+week|weekly)\b/, () => everyDays(7)]
]

const parts: Readonly<Record<string, number>> = {
  morning: 8 * 60,
  evening: 18 * 60,
  night: 22 * 60
}

const readDays = (text: string): Read<Days> | undefined => {
  for (const [pattern, days] of forms) {
    const match = pattern.exec(text)
    const value = match === null ? undefined : days(match)
    if (match !== null && value !== undefined) return { value, length: match[0].length }
  }
  return undefined
}

const spanPattern =
  /^(?:every\s+(?:(\d{1,4}|other|two|three)\s+)?(half\s+an?\s+)?(minute|min|hour|hr)s?|hourly|every\s+half\s+hour)\b/

const readSpan = (text: string, { now }: Moment): Read<Rule> | undefined => {
  const match = spanPattern.exec(text)
  if (match === null) return undefined
  const [whole, count, half, unit = "hour"] = match
  const isHalf = half !== undefined || whole.includes("half")
  const size = isHalf ? 30 * minute : unit.startsWith("min") ? minute : hour
  const millis = countOf(count) * size
  if (millis < minute) return undefined
  const from = Math.floor(now / minute) * minute
  return { value: { _tag: "Every", millis, from }, length: whole.length }
}

const isCron = Schema.is(CronExpression)

const readCron = (text: string): Read<Rule> | undefined => {
  const match = /^[\d*][\d*,/-]*(?:\s+[\da-z*,/-]+){4}(?=$|[\s:])/.exec(text)
  if (match === null || !isCron(match[0])) return undefined
  return { value: { _tag: "Cron", expression: match[0] }, length: match[0].length }
}

/** A repetition that stands at the beginning of the text. */
export const readRepetition = (text: string, moment: Moment): Read<Rule> | undefined => {
  const lower = text.toLowerCase()
  const part = /^(?:every|each)\s+(morning|evening|night)\b/.exec(lower)
  if (part !== null) {
    const time = readTime(lower.slice(part[0].length))
    return {
      value: cron("* * *")(time?.value ?? parts[part[1]!]!, moment),
      length: part[0].length + (time?.length ?? 0)
    }
  }
  const early = readTime(lower)
  const gap =
    early === undefined ? 0 : early.length + /^\s*/.exec(lower.slice(early.length))![0].length
  const days = readDays(lower.slice(gap))
  if (days !== undefined) {
    const end = gap + days.length
    const late = early === undefined ? readTime(lower.slice(end)) : undefined
    const at = early?.value ?? late?.value ?? defaultMinuteOfDay
    return { value: days.value(at, moment), length: end + (late?.length ?? 0) }
  }
  return readSpan(lower, moment) ?? readCron(text)
}

/** Words that promise a repetition: what begins with one and is none is told so. */
export const soundsRepeated = (text: string): boolean =>
  /^(?:every|each|daily|weekly|monthly|yearly|annually|hourly)\b/i.test(text)

/** A repetition with which the text ends, and where it begins. */
export const readLastRepetition = (
  text: string,
  moment: Moment
): { readonly rule: Rule; readonly start: number } | undefined => {
  for (const { index } of text.matchAll(
    /(?<=^|\s)(?=at\s|every|each|daily|weekly|monthly|yearly|hourly|\d)/gi
  )) {
    const read = readRepetition(text.slice(index), moment)
    if (read !== undefined && /^[\s.!]*$/.test(text.slice(index + read.length)))
      return { rule: read.value, start: index }
  }
  return undefined
}
