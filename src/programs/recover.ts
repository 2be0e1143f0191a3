// SPDX-License-Identifier: MIT OR Apache-2.0
/** Takes up what the last process left behind: first money, then commands, then messages and turns. */
import * as Effect from "effect/Effect"
import { Control } from "../services/Control.ts"
import { Ledger } from "../services/Ledger.ts"
import { Outbox } from "../services/Outbox.ts"
import { Sessions } from "../services/Sessions.ts"

export const recover = Effect.gen(function* () {
  const control = yield* Control
  const ledger = yield* Ledger
  const outbox = yield* Outbox
  const sessions = yield* Sessions
  const kept = yield* ledger.keepAbandoned
  if (kept > 0)
    yield* Effect.logWarning("model calls were cut off; their reservations count as spent").pipe(
      Effect.annotateLogs({ calls: kept })
    )
  yield* control.recover
  yield* outbox.recover
  yield* sessions.recover
}).pipe(Effect.withSpan("recover"))
