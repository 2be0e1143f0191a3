// SPDX-License-Identifier: MIT OR Apache-2.0
/** How long to wait before a failed poll is made anew. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { StoreError } from "../../services/Store.ts"
import type { BotApiError } from "./BotApiError.ts"

const soon = Duration.millis(250)

/** Doubles from a quarter of a second to half a minute. */
const growing = Schedule.min([Schedule.exponential(soon), Schedule.spaced("30 seconds")]).pipe(
  Schedule.jittered
)

const delayAfter = ({ reason }: BotApiError, grown: Duration.Duration): Duration.Duration => {
  switch (reason._tag) {
    case "TooManyRequests":
      return Duration.millis(reason.retryAfterMillis)
    case "Conflict":
      return Duration.seconds(5)
    case "Unauthorized":
      return Duration.seconds(60)
    case "NoAnswer":
      // It has waited long enough.
      return soon
    default:
      return grown
  }
}

const polling = growing.pipe(
  Schedule.setInputType<BotApiError>(),
  Schedule.modifyDelay(({ duration, input }) => Effect.succeed(delayAfter(input, duration)))
)

/** Tries for ever: the schedules have no end, so nothing is left to fail with. */
export const untilAnswered = <A>(poll: Effect.Effect<A, BotApiError>): Effect.Effect<A> =>
  poll.pipe(Effect.retry(polling), Effect.orDie)

/** Tries for ever: a message that cannot be stored is not passed over. */
export const untilStored = <A>(what: string, effect: Effect.Effect<A, StoreError>) =>
  effect.pipe(
    Effect.tapError((error) => Effect.logError(`Telegram waits to ${what}: ${error.message}`)),
    Effect.retry(growing),
    Effect.orDie
  )
