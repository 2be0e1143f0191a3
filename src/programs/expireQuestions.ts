// SPDX-License-Identifier: MIT OR Apache-2.0
/** A question that nobody answers in time is answered with no, and its turn goes on. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { Audit } from "../services/Audit.ts"
import { Journal } from "../services/Journal.ts"
import { recordAnswer } from "../services/recordAnswer.ts"
import { Sessions } from "../services/Sessions.ts"
import { Transactions } from "../services/Store.ts"

const every = "15 seconds"

export const expireQuestions = Effect.gen(function* () {
  const audit = yield* Audit
  const journal = yield* Journal
  const sessions = yield* Sessions
  const transactions = yield* Transactions
  const once = Effect.gen(function* () {
    const expired = yield* journal.expired
    yield* Effect.forEach(
      expired,
      (turn) =>
        journal.answer(turn.id, "expired").pipe(
          Effect.tap((isOpen) =>
            isOpen ? recordAnswer(audit, turn, "daemon", "expired") : Effect.void
          ),
          transactions.atomically,
          Effect.andThen(sessions.wake(turn.session))
        ),
      { discard: true }
    )
  }).pipe(Effect.catchCause((cause) => Effect.logError("questions could not be expired", cause)))
  return yield* Effect.andThen(Effect.repeat(once, Schedule.spaced(every)), Effect.never)
})
