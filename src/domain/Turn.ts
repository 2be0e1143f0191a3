// SPDX-License-Identifier: MIT OR Apache-2.0
/** A turn: one answer to one or more messages, as its journal tells it (invariant 2). */
import * as Schema from "effect/Schema"
import { StepContext } from "./context/StepContext.ts"
import { AgentName, PersonId, SessionId, TurnId } from "./Ids.ts"
import { Part, Role } from "./Message.ts"

export const TurnState = Schema.Literals([
  "received",
  "assembling",
  "calling",
  "tools",
  "waiting",
  "responding",
  "done",
  "failed",
  "stopped"
])
export type TurnState = typeof TurnState.Type

/** How a turn can end. */
export const TurnEnd = Schema.Literals(["done", "failed", "stopped"])
export type TurnEnd = typeof TurnEnd.Type

/** `cron`: nobody asked just now, a schedule did. */
export const TurnPurpose = Schema.Literals(["chat", "cron"])
export type TurnPurpose = typeof TurnPurpose.Type

/** What a waiting turn asks the person: whether to run an unclear tool step again. */
export const Question = Schema.TaggedStruct("UnclearTool", {
  step: Schema.Int,
  callId: Schema.NonEmptyString,
  tool: Schema.NonEmptyString,
  /** The person's word, once there is one. Silence becomes `deny`. */
  answer: Schema.NullOr(Schema.Literals(["approve", "deny", "expired"]))
})
export type Question = typeof Question.Type

export const Turn = Schema.Struct({
  id: TurnId,
  session: SessionId,
  agent: AgentName,
  person: PersonId,
  purpose: TurnPurpose,
  state: TurnState,
  detail: Schema.String,
  question: Schema.NullOr(Schema.fromJsonString(Question)),
  startedAt: Schema.Int,
  finishedAt: Schema.NullOr(Schema.Int)
})
export type Turn = typeof Turn.Type

/** `lost`: it was running when the process died; what came of it is not known. */
export const StepState = Schema.Literals(["started", "finished", "lost"])

export const Step = Schema.Struct({
  id: Schema.Int,
  turn: TurnId,
  kind: Schema.Literals(["model", "tool"]),
  /** The model's or the tool's name. */
  name: Schema.NonEmptyString,
  /** The tool call that this step carries out; empty for a model step. */
  callId: Schema.String,
  idempotent: Schema.BooleanFromBit,
  state: StepState,
  /** `ok`, or a word on how it failed. */
  outcome: Schema.String,
  startedAt: Schema.Int,
  finishedAt: Schema.NullOr(Schema.Int),
  /** What a model step's prompt was made of. */
  context: Schema.optionalKey(Schema.fromJsonString(StepContext))
})
export type Step = typeof Step.Type

/** One entry of the transcript. `model` says who wrote it, for what only that model may see again. */
export const Entry = Schema.Struct({
  id: Schema.Int,
  turn: TurnId,
  role: Role,
  parts: Schema.fromJsonString(Schema.Array(Part)),
  /** What came with a user message from us (time, later memories): replayed byte for byte. */
  conditional: Schema.fromJsonString(Schema.Array(Part)),
  model: Schema.String,
  createdAt: Schema.Int
})
export type Entry = typeof Entry.Type
