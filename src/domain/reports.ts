// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is told of sessions. Amounts are dollars in fields that end in `_usd`, times are ISO 8601. */
import * as Schema from "effect/Schema"
import { StepContext } from "./context/StepContext.ts"
import { Part, Role } from "./Message.ts"
import { Tier } from "./router/Tier.ts"
import { StepState, TurnState } from "./Turn.ts"

const Time = Schema.String

export const SessionSummary = Schema.Struct({
  id: Schema.String,
  channel: Schema.String,
  chat: Schema.String,
  topic: Schema.String,
  agent: Schema.String,
  person: Schema.String,
  opened_at: Time,
  closed_at: Schema.NullOr(Time)
})
export type SessionSummary = typeof SessionSummary.Type

export const StepReport = Schema.Struct({
  kind: Schema.Literals(["model", "tool"]),
  name: Schema.String,
  state: StepState,
  outcome: Schema.String,
  started_at: Time,
  finished_at: Schema.NullOr(Time),
  /** Of a model step: the zones of its prompt with their tokens, and what was left out. */
  context: Schema.optionalKey(StepContext)
})
export type StepReport = typeof StepReport.Type

export const MessageReport = Schema.Struct({
  role: Role,
  at: Time,
  model: Schema.String,
  /** The parts as they are stored: each with its origin and whether it is trusted. */
  parts: Schema.Array(Part)
})
export type MessageReport = typeof MessageReport.Type

/** Which model answered and why; `intended_model` is what was chosen first. */
const RoutingReport = Schema.Struct({
  intended_model: Schema.String,
  model: Schema.String,
  tier: Tier,
  /** From 0 to 1. */
  confidence: Schema.Finite,
  reasons: Schema.Array(Schema.String)
})

export const TurnReport = Schema.Struct({
  id: Schema.String,
  state: TurnState,
  detail: Schema.String,
  started_at: Time,
  finished_at: Schema.NullOr(Time),
  /** `null` until the turn has asked a model. */
  routing: Schema.NullOr(RoutingReport),
  cost_usd: Schema.Finite,
  tokens: Schema.Struct({
    input: Schema.Int,
    output: Schema.Int,
    cache_read: Schema.Int,
    cache_write: Schema.Int
  }),
  states: Schema.Array(Schema.Struct({ state: TurnState, at: Time })),
  steps: Schema.Array(StepReport),
  messages: Schema.Array(MessageReport)
})
export type TurnReport = typeof TurnReport.Type

export const SessionDetail = Schema.Struct({
  ...SessionSummary.fields,
  cost_usd: Schema.Finite,
  turns: Schema.Array(TurnReport)
})
export type SessionDetail = typeof SessionDetail.Type
