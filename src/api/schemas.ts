// SPDX-License-Identifier: MIT OR Apache-2.0
/** What travels over the API. Amounts are dollars in fields that end in `_usd`, times are ISO 8601. */
import * as Schema from "effect/Schema"
import { redact } from "../domain/redaction/scan.ts"

export { PairingRow } from "../domain/pairing.ts"
export { SessionDetail, SessionSummary } from "../domain/reports.ts"

const Time = Schema.String

export const Readiness = Schema.Struct({
  ready: Schema.Boolean,
  problems: Schema.Array(Schema.Struct({ part: Schema.String, detail: Schema.String })),
  /** How long ago the last poll of each channel that polls was answered; null when none was yet. */
  polls: Schema.Array(
    Schema.Struct({ channel: Schema.String, age_seconds: Schema.NullOr(Schema.Finite) })
  )
})

/** Who serves this socket. */
export const Daemon = Schema.Struct({
  pid: Schema.Int,
  version: Schema.String,
  /** `serve`, or `shell` when a shell runs the graph itself. */
  command: Schema.String,
  database: Schema.String,
  started_at: Time
})
export type Daemon = typeof Daemon.Type

const BudgetReport = Schema.Struct({
  window: Schema.Literals(["daily", "monthly"]),
  limit_usd: Schema.Finite,
  spent_usd: Schema.Finite
})

export const StatusReport = Schema.Struct({
  version: Schema.String,
  pid: Schema.NullOr(Schema.Int),
  running: Schema.Boolean,
  uptime_seconds: Schema.NullOr(Schema.Finite),
  provider: Schema.NullOr(Schema.String),
  model: Schema.NullOr(Schema.String),
  channels: Schema.Array(Schema.String),
  polls: Readiness.fields.polls,
  active_sessions: Schema.Int,
  outbox_depth: Schema.Int,
  memory_mb: Schema.NullOr(Schema.Finite),
  budget: Schema.Array(BudgetReport),
  problems: Readiness.fields.problems,
  /** Budgets that are nearly spent. */
  warnings: Schema.Array(Schema.String)
})
export type StatusReport = typeof StatusReport.Type

export const LogLine = Schema.Struct({ line: Schema.String })

/** A session's id, or a name of the caller's own. */
export const SessionName = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,128}$/u, {
    message: "Expected 1 to 128 characters, none of them a control character"
  }),
  // A name stands in every list of sessions.
  Schema.makeFilter((name: string) => redact(name) === name || "Expected a name that is no secret")
)

export const Message = Schema.Struct({
  /** A new one when left out. */
  session: Schema.optionalKey(SessionName),
  text: Schema.String.check(
    Schema.isPattern(/\S/, { message: "Expected a text that is not blank" })
  )
})

export const Reply = Schema.Struct({ session: Schema.String, text: Schema.String })

export const WatchEvent = Schema.Union([
  Schema.TaggedStruct("delta", { text: Schema.String }),
  Schema.TaggedStruct("thinking", { text: Schema.String }),
  /** What was streamed of this step, since the last `tool` or `message`, is void. */
  Schema.TaggedStruct("retrying", { cause: Schema.String, after_ms: Schema.Finite }),
  Schema.TaggedStruct("tool", { name: Schema.String, state: Schema.String }),
  /** A complete message: what counts, whatever was streamed before it. */
  Schema.TaggedStruct("message", { text: Schema.String }),
  /** The turn or command is over. */
  Schema.TaggedStruct("idle", {})
])
export type WatchEvent = typeof WatchEvent.Type

/** A pairing code, or for `revoke` also an address. */
export const Decision = Schema.Struct({ code: Schema.NonEmptyString })
