// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { StoreError } from "./Store.ts"

/** Soon, then once a minute, for ever. */
const schedule = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("1 minute")])

/**
 * For a worker's work: tried again until the database is well. Whatever else ends it is logged, so
 * that the worker lives. `what` names it in the log.
 */
export const persistently =
  (what: string) =>
  <R>(work: Effect.Effect<void, StoreError, R>): Effect.Effect<void, never, R> =>
    work.pipe(
      Effect.tapError((error) => Effect.logError(`${what} failed`, error)),
      Effect.retry(schedule),
      Effect.catchCause((cause) => Effect.logError(`${what} broke`, cause))
    )
