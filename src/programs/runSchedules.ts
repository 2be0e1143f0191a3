// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sleeps until something is due, and sees that it is done. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Schedules } from "../services/Schedules.ts"
import { ScheduleRuns } from "../services/ScheduleRuns.ts"

/** So that a changed clock is seen, and a machine that slept. */
const longestSleep = 60_000
/** After a failure, or with more waiting than one look takes. */
const shortestSleep = 1000
const sleepAfterFailure = 15_000

export const runSchedules = Effect.gen(function* () {
  const runs = yield* ScheduleRuns
  const schedules = yield* Schedules
  let seen = 0

  const pause = Effect.fnUntraced(function* (isWell: boolean) {
    const next = yield* runs.nextDue
    const wait = Option.match(next, {
      onNone: () => longestSleep,
      onSome: (at) => at - seen
    })
    const least = isWell ? shortestSleep : sleepAfterFailure
    return Math.min(longestSleep, Math.max(isWell && wait > 0 ? 1 : least, wait))
  })

  const once = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (now < seen || seen === 0) yield* runs.bringForward
    seen = now
    return yield* pause(yield* runs.look)
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.as(Effect.logError("schedules could not be looked at", cause), sleepAfterFailure)
    )
  )

  return yield* once.pipe(
    Effect.flatMap((millis) =>
      Effect.raceFirst(schedules.changed, Effect.sleep(Duration.millis(millis)))
    ),
    Effect.forever
  )
})
