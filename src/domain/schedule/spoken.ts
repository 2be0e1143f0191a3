// SPDX-License-Identifier: MIT OR Apache-2.0
/** Rules and times in words. */
import * as DateTime from "effect/DateTime"
import { spokenDuration } from "../spokenDuration.ts"
import type { Rule } from "./Rule.ts"

/** "Tue 1 Dec 2026, 09:00" */
export const spokenTime = (instant: number, zone: DateTime.TimeZone): string =>
  DateTime.format(DateTime.makeZonedUnsafe(instant, { timeZone: zone }), {
    locale: "en-GB",
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23"
  })

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

export const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December"
]

const twoDigits = (value: number): string => String(value).padStart(2, "0")

const ordinal = (value: number): string => {
  const tens = value % 100
  const suffix = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][value % 10] ?? "th")
  return `${value}${suffix}`
}

const list = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`

const isNumber = (field: string) => /^\d+$/.test(field)
const isNumbers = (field: string) => /^[0-7](,[0-7])*$/.test(field)

const daysOf = (dayOfMonth: string, month: string, weekday: string): string | undefined => {
  if (month !== "*")
    return isNumber(month) && isNumber(dayOfMonth) && weekday === "*"
      ? `every year on ${dayOfMonth} ${months[Number(month) - 1]}`
      : undefined
  if (dayOfMonth !== "*")
    return isNumber(dayOfMonth) && weekday === "*"
      ? `every ${ordinal(Number(dayOfMonth))} of the month`
      : undefined
  if (weekday === "*") return "every day"
  if (weekday === "1-5") return "every weekday"
  return isNumbers(weekday)
    ? `every ${list(weekday.split(",").map((one) => weekdays[Number(one) % 7]!))}`
    : undefined
}

const spokenCron = (expression: string): string => {
  const [minute = "", hour = "", dayOfMonth = "", month = "", weekday = ""] = expression
    .trim()
    .split(/\s+/)
  const days = isNumber(minute) && isNumber(hour) ? daysOf(dayOfMonth, month, weekday) : undefined
  return days === undefined
    ? `cron ${expression}`
    : `${days} at ${twoDigits(Number(hour))}:${twoDigits(Number(minute))}`
}

export const spokenRule = (rule: Rule, zone: DateTime.TimeZone): string => {
  switch (rule._tag) {
    case "Once":
      return `once, on ${spokenTime(rule.at, zone)}`
    case "Cron":
      return spokenCron(rule.expression)
    case "Every":
      return `every ${spokenDuration(rule.millis).replace(/^1 /, "")}`
    case "Days":
      return (
        `every ${rule.days === 1 ? "day" : `${rule.days} days`} at ` +
        `${twoDigits(Math.floor(rule.minuteOfDay / 60))}:${twoDigits(rule.minuteOfDay % 60)}`
      )
  }
}
