// SPDX-License-Identifier: MIT OR Apache-2.0
/** When something is due: once or again and again, and the next times after a given one. */
import * as Cron from "effect/Cron"
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { instantOf, shownAt } from "./wallClock.ts"

const minute = 60_000
const day = 86_400_000

/** Five fields: minute, hour, day of the month, month, day of the week. */
export const CronExpression = Schema.String.check(
  Schema.makeFilter(
    (text: string) => text.trim().split(/\s+/).length === 5 && Result.isSuccess(Cron.parse(text))
  )
).annotate({ expected: 'a cron expression of five fields, such as "30 8 * * 1-5"' })

export const Rule = Schema.Union([
  Schema.TaggedStruct("Once", { at: Schema.Int }),
  Schema.TaggedStruct("Cron", { expression: CronExpression }),
  /** By the length of time, whatever the clocks on the wall do. */
  Schema.TaggedStruct("Every", {
    millis: Schema.Int.check(Schema.isGreaterThanOrEqualTo(minute)),
    from: Schema.Int
  }),
  /** Every so many days at a time of day; `from`: the first day, as midnight on the wall. */
  Schema.TaggedStruct("Days", {
    days: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
    from: Schema.Int,
    minuteOfDay: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1439 }))
  })
]).pipe(Schema.toTaggedUnion("_tag"))
export type Rule = typeof Rule.Type

const following = Option.liftThrowable((cron: Cron.Cron, after: number) =>
  Cron.next(cron, after).getTime()
)

/**
 * Hours that are all meant run in real time, both hours of a put-back clock among them. Named hours
 * are read off the wall: each day's once.
 */
const nextOfCron = (
  expression: string,
  zone: DateTime.TimeZone,
  after: number
): Option.Option<number> => {
  const hours = expression.trim().split(/\s+/)[1]!
  const isAllDay = hours === "*"
  const parsed = isAllDay
    ? Cron.parse(expression, zone, { onDstOverlap: "both" })
    : Cron.parse(expression, "UTC")
  if (Result.isFailure(parsed)) return Option.none()
  if (isAllDay) return following(parsed.success, after)
  let shown = following(parsed.success, shownAt(after, zone))
  while (Option.isSome(shown)) {
    const instant = instantOf(shown.value, zone)
    if (instant > after) return Option.some(instant)
    shown = following(parsed.success, shown.value)
  }
  return shown
}

/** The first time after `after` (milliseconds since 1970); none when there is none any more. */
export const nextAfter = (
  rule: Rule,
  zone: DateTime.TimeZone,
  after: number
): Option.Option<number> => {
  switch (rule._tag) {
    case "Once":
      return rule.at > after ? Option.some(rule.at) : Option.none()
    case "Cron":
      return nextOfCron(rule.expression, zone, after)
    case "Every": {
      const count = Math.max(1, Math.floor((after - rule.from) / rule.millis) + 1)
      return Option.some(rule.from + count * rule.millis)
    }
    case "Days": {
      const step = rule.days * day
      let count = Math.max(0, Math.floor((shownAt(after, zone) - rule.from) / step))
      while (true) {
        const instant = instantOf(rule.from + count * step + rule.minuteOfDay * minute, zone)
        if (instant > after) return Option.some(instant)
        count++
      }
    }
  }
}

/** The next few times. */
export const upcoming = (
  rule: Rule,
  zone: DateTime.TimeZone,
  after: number,
  count: number
): ReadonlyArray<number> => {
  const found: Array<number> = []
  let last = after
  while (found.length < count) {
    const next = Option.getOrUndefined(nextAfter(rule, zone, last))
    if (next === undefined) break
    found.push(next)
    last = next
  }
  return found
}

/**
 * The newest `count` times from `first` to `now`, oldest first. However long the pause was, only its
 * end is gone through.
 */
export const dueSince = (
  rule: Rule,
  zone: DateTime.TimeZone,
  first: number,
  now: number,
  count: number
): ReadonlyArray<number> => {
  for (let back = 10 * minute; ; back *= 8) {
    const from = Math.max(first, now - back)
    const found: Array<number> = []
    let next = Option.getOrUndefined(nextAfter(rule, zone, from - 1))
    while (next !== undefined && next <= now) {
      found.push(next)
      next = Option.getOrUndefined(nextAfter(rule, zone, next))
    }
    if (found.length >= count || from === first) return found.slice(-count)
  }
}
