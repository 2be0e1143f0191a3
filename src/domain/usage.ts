// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is told of money. Amounts are dollars in fields that end in `_usd`, times are ISO 8601. */
import * as Schema from "effect/Schema"
import { BudgetWindow } from "./budgetWindows.ts"
import { Zone } from "./context/StepContext.ts"
import { PeriodName } from "./period.ts"

const Time = Schema.String

/** How a report may be divided. */
export const UsageBy = Schema.Literals(["model", "session", "purpose"])
export type UsageBy = typeof UsageBy.Type

const figures = {
  /** Settled or unconfirmed: all that the vendor may put on the bill. */
  cost_usd: Schema.Finite,
  /** The part of it that is a worst case: calls of which nobody learnt what they cost. */
  unconfirmed_usd: Schema.Finite,
  tokens: Schema.Struct({
    input: Schema.Int,
    output: Schema.Int,
    cache_read: Schema.Int,
    cache_write: Schema.Int
  }),
  /** The share of all input tokens that was read from the vendor's cache; null when there were none. */
  cache_hit_ratio: Schema.NullOr(Schema.Finite),
  /** How many calls there were, by how they ended. */
  calls: Schema.Struct({
    settled: Schema.Int,
    unconfirmed: Schema.Int,
    reserved: Schema.Int,
    released: Schema.Int
  })
}

export const UsageGroup = Schema.Struct({ key: Schema.String, ...figures })
export type UsageGroup = typeof UsageGroup.Type

export const UsageReport = Schema.Struct({
  period: PeriodName,
  start: Time,
  end: Time,
  time_zone: Schema.String,
  ...figures,
  /** Held for calls that run at this moment; not in `cost_usd`. */
  reserved_usd: Schema.Finite,
  /** What the month will have cost when it goes on as in the last seven days. */
  forecast_usd: Schema.Finite,
  /** What the prompts were made of, by estimate: the tokens of all model steps, zone by zone. */
  zones: Schema.Array(Zone),
  by: Schema.NullOr(UsageBy),
  /** The dearest first; none when the report is not divided. */
  groups: Schema.Array(UsageGroup),
  /** When the built-in prices were last compared with the vendor's. */
  prices_as_of: Schema.String
})
export type UsageReport = typeof UsageReport.Type

export const BudgetRow = Schema.Struct({
  window: BudgetWindow,
  /** Whose share it is; null for what holds for all. */
  agent: Schema.NullOr(Schema.String),
  limit_usd: Schema.Finite,
  /** Settled, unconfirmed or reserved. */
  spent_usd: Schema.Finite,
  remaining_usd: Schema.Finite,
  /** `spent_usd` of `limit_usd`; null when the limit is 0. */
  share: Schema.NullOr(Schema.Finite),
  ends_at: Time
})
export type BudgetRow = typeof BudgetRow.Type

export const BudgetReport = Schema.Struct({
  windows: Schema.Array(BudgetRow),
  /** The most that one turn may cost. */
  per_turn_usd: Schema.Finite,
  /** Held for calls that run at this moment. */
  reserved_usd: Schema.Finite,
  time_zone: Schema.String
})
export type BudgetReport = typeof BudgetReport.Type
