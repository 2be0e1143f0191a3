// SPDX-License-Identifier: MIT OR Apache-2.0
/** What keeps Blufio from doing its work right now, a clause for each part; empty when it is ready. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ChannelHealth, type PollAge } from "./ChannelHealth.ts"
import { InboxStore } from "./InboxStore.ts"
import { Status } from "./Status.ts"
import { Transactions } from "./Store.ts"

export interface Problem {
  readonly part: string
  readonly detail: string
}

const writable = "the database cannot be written: check the disk and its free space"

/** The offset of no channel: writing it shows that the database takes writes. */
const probe = "readiness"
/** A write is tried at most this often, however often one asks. */
const probeEvery = "10 seconds"

export class Readiness extends Context.Service<
  Readiness,
  {
    readonly report: Effect.Effect<{
      readonly problems: ReadonlyArray<Problem>
      readonly polls: ReadonlyArray<PollAge>
    }>
  }
>()("blufio/services/Readiness") {
  static readonly layer = Layer.effect(
    Readiness,
    Effect.gen(function* () {
      const health = yield* ChannelHealth
      const inbox = yield* InboxStore
      const status = yield* Status
      const transactions = yield* Transactions
      const write = yield* Effect.cachedWithTTL(
        transactions.atomically(inbox.moveOffset(probe, 0)),
        probeEvery
      )
      const problems = write.pipe(
        Effect.andThen(status.snapshot),
        Effect.map((snapshot) => snapshot.problems),
        Effect.catch((error) =>
          Effect.as(Effect.logError("not ready", error), [{ part: "database", detail: writable }])
        )
      )
      return Readiness.of({ report: Effect.all({ problems, polls: health.pollAges }) })
    })
  )
}
