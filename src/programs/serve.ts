// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs the agent until it is told to stop, then lets what runs finish; the death of one loop ends all. */
import * as Effect from "effect/Effect"
import { Outbox } from "../services/Outbox.ts"
import { Pollers } from "../services/Pollers.ts"
import { Sessions } from "../services/Sessions.ts"
import { expireQuestions } from "./expireQuestions.ts"
import { keepHeartbeat } from "./keepHeartbeat.ts"
import { noteSettings } from "./noteSettings.ts"
import { recover } from "./recover.ts"
import { watchSpending } from "./watchSpending.ts"
import { runSchedules } from "./runSchedules.ts"

/** What may still be delivered at a stop; the rest is delivered at the next start. */
const deliverWithin = "2 seconds"

const drain = Effect.gen(function* () {
  const outbox = yield* Outbox
  const sessions = yield* Sessions
  yield* Effect.logInfo("stopping: running turns may finish")
  yield* sessions.drain
  yield* Effect.timeoutOption(outbox.drained, deliverWithin)
  yield* Effect.logInfo("stopped")
})

/** `ready` runs once everything is up and the past is taken care of. */
export const serve = <E, R>(ready: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const pollers = yield* Pollers
    yield* noteSettings
    yield* recover
    yield* ready
    yield* Effect.all(
      [
        expireQuestions,
        watchSpending,
        keepHeartbeat,
        runSchedules,
        ...pollers.map(({ run }) => run)
      ],
      { concurrency: "unbounded", discard: true }
    )
  }).pipe(Effect.ensuring(drain))
