// SPDX-License-Identifier: MIT OR Apache-2.0
/** A question that nobody answers in time is answered with no, and its turn goes on. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Journal } from "../services/Journal.ts"
import { Questions } from "../services/Questions.ts"
import { Sessions } from "../services/Sessions.ts"

const every = "15 seconds"

export const expireQuestions = Effect.gen(function* () {
  const journal = yield* Journal
  const questions = yield* Questions
  const sessions = yield* Sessions
  const once = Effect.gen(function* () {
    const expired = yield* journal.expired
    yield* Effect.forEach(
      expired,
      (turn) =>
        Effect.andThen(questions.answer(turn, "expired", null), sessions.wake(turn.session)),
      { discard: true }
    )
  }).pipe(Effect.catchCause((cause) => Effect.logError("questions could not be expired", cause)))
  return yield* Effect.andThen(Effect.repeat(once, Schedule.spaced(every)), Effect.never)
})
