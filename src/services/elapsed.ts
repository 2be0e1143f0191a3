// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** For spans of time: whole milliseconds since some moment, which no change of the clock moves. */
export const elapsedMillis: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)
