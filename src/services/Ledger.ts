// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: every model call's reservation and cost, in integer micro-dollars (invariant 4). */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { AgentName, PersonId, SessionId, TurnId } from "../domain/Ids.ts"
import { TokenUsage } from "../domain/prices.ts"
import { Purpose } from "../domain/Purpose.ts"
import type { UsageBy } from "../domain/usage.ts"
import type { StoreError } from "./Store.ts"

export const LedgerRow = Schema.Struct({
  id: Schema.Int,
  session: SessionId,
  turn: TurnId,
  step: Schema.Int,
  agent: AgentName,
  person: PersonId,
  purpose: Purpose,
  provider: Schema.String,
  model: Schema.String,
  intendedModel: Schema.String,
  /** Why that model was meant, one sentence each. */
  reasons: Schema.fromJsonString(Schema.Array(Schema.String)),
  state: Schema.Literals(["reserved", "settled", "released", "unconfirmed"]),
  reservedMicros: Schema.Int,
  chargedMicros: Schema.Int,
  ...TokenUsage.fields,
  createdAt: Schema.Int
})
export type LedgerRow = typeof LedgerRow.Type

export interface Reservation {
  readonly session: SessionId
  readonly turn: TurnId
  readonly step: number
  readonly agent: AgentName
  readonly person: PersonId
  readonly purpose: Purpose
  readonly provider: string
  readonly model: string
  /** The model that was meant for this; `model` is the one that is asked. */
  readonly intendedModel: string
  /** Why that model, one sentence each. */
  readonly reasons: ReadonlyArray<string>
  readonly micros: number
  /** The price row as it was applied, as JSON. */
  readonly price: string
  readonly prefixHash: string
}

/** Narrows a sum to one purpose or one agent. */
export interface Only {
  readonly purpose?: Purpose
  readonly agent?: AgentName
}

/** All calls of one model, session or purpose. */
export const UsageRow = Schema.Struct({
  key: Schema.String,
  settledMicros: Schema.Int,
  unconfirmedMicros: Schema.Int,
  reservedMicros: Schema.Int,
  /** How many calls there were, by state. */
  settled: Schema.Int,
  unconfirmed: Schema.Int,
  reserved: Schema.Int,
  released: Schema.Int,
  ...TokenUsage.fields
})
export type UsageRow = typeof UsageRow.Type

export class Ledger extends Context.Service<
  Ledger,
  {
    /**
     * Charged at its worst case until it is settled. `at` is the time that the caps were looked up
     * for: the row counts for that day and month, whenever it is settled.
     */
    readonly reserve: (reservation: Reservation, at: number) => Effect.Effect<number, StoreError>
    readonly settle: (
      id: number,
      micros: number,
      tokens: TokenUsage,
      outcome: string
    ) => Effect.Effect<void, StoreError>
    /** Nothing was spent. */
    readonly release: (id: number, outcome: string) => Effect.Effect<void, StoreError>
    /** What was spent is not known: the reservation stays charged. */
    readonly keep: (id: number, outcome: string) => Effect.Effect<void, StoreError>
    /** Keeps every reservation that a dead process left behind; answers how many. */
    readonly keepAbandoned: Effect.Effect<number, StoreError>
    /**
     * Charged since a time (milliseconds since 1970), open reservations included. There is no end:
     * after a clock was set back, what it says lies in the future counts too.
     */
    readonly chargedSince: (time: number, only?: Only) => Effect.Effect<number, StoreError>
    /** The part of that which is only reserved: calls that run at this moment. */
    readonly reservedSince: (time: number, only?: Only) => Effect.Effect<number, StoreError>
    /** Settled or unconfirmed within a period, by purpose, the dearest first. */
    readonly spentBetween: (
      start: number,
      end: number
    ) => Effect.Effect<
      ReadonlyArray<{ readonly purpose: string; readonly micros: number }>,
      StoreError
    >
    /** Calls since a time, the dearest first. */
    readonly usage: (
      since: number,
      by: UsageBy
    ) => Effect.Effect<ReadonlyArray<UsageRow>, StoreError>
    /** When the first call was made. */
    readonly firstAt: Effect.Effect<Option.Option<number>, StoreError>
    /** An item soon after each change of what is spent; some may be missed when many come at once. */
    readonly changes: Stream.Stream<void>
    readonly chargedToTurn: (turn: TurnId) => Effect.Effect<number, StoreError>
    readonly ofTurn: (turn: TurnId) => Effect.Effect<ReadonlyArray<LedgerRow>, StoreError>
  }
>()("blufio/services/Ledger") {}
