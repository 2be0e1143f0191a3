// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks at what was spent whenever that changes, and every minute. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Ledger } from "../services/Ledger.ts"
import { SpendingWatch } from "../services/SpendingWatch.ts"

const every = "1 minute"

export const watchSpending = Effect.gen(function* () {
  const ledger = yield* Ledger
  const watch = yield* SpendingWatch
  const once = Effect.andThen(watch.warn, watch.alarm).pipe(
    Effect.catchCause((cause) => Effect.logError("spending could not be watched", cause))
  )
  return yield* Stream.merge(ledger.changes, Stream.tick(every)).pipe(
    Stream.runForEach(() => once),
    Effect.andThen(Effect.never)
  )
})
