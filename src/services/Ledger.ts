// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: every model call's reservation and cost, in integer micro-dollars (invariant 4). */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AgentName, PersonId, SessionId, TurnId } from "../domain/Ids.ts"
import { TokenUsage } from "../domain/prices.ts"
import { Purpose } from "../domain/Purpose.ts"
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

export class Ledger extends Context.Service<
  Ledger,
  {
    /** Charged at its worst case until it is settled. */
    readonly reserve: (reservation: Reservation) => Effect.Effect<number, StoreError>
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
    /** Charged since a time (milliseconds since 1970). */
    readonly chargedSince: (time: number) => Effect.Effect<number, StoreError>
    readonly chargedToTurn: (turn: TurnId) => Effect.Effect<number, StoreError>
    readonly ofTurn: (turn: TurnId) => Effect.Effect<ReadonlyArray<LedgerRow>, StoreError>
  }
>()("blufio/services/Ledger") {}
