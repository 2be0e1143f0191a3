// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Schedule from "effect/Schedule"

/** For work that must be done once the database is well again: soon, then once a minute, for ever. */
export const storeRetry = Schedule.min([
  Schedule.exponential("500 millis"),
  Schedule.spaced("1 minute")
])
