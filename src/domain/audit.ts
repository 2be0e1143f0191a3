// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is written down for ever: who did what to what, and how it ended. Never a secret's value. */
import * as Schema from "effect/Schema"

export const AuditAction = Schema.Literals([
  "vault.created",
  "vault.opened",
  "vault.refused",
  "vault.damaged",
  "vault.passphrase_changed",
  "vault.reset",
  "secret.set",
  "secret.removed",
  "secret.used",
  "pairing.approved",
  "pairing.revoked",
  "device.added",
  "device.revoked",
  "key.created",
  "key.revoked",
  "auth.login",
  "auth.refused",
  "approval.granted",
  "approval.denied",
  "policy.refused",
  "budget.refused",
  "budget.warned",
  "budget.alarmed",
  "budget.changed",
  "config.changed",
  "tool.finished"
])
export type AuditAction = typeof AuditAction.Type

export const AuditOutcome = Schema.Literals(["ok", "refused", "failed"])
export type AuditOutcome = typeof AuditOutcome.Type

/** Small facts in flat form: ids, names, counts. */
export const AuditDetail = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Int, Schema.Boolean])
)
export type AuditDetail = typeof AuditDetail.Type

export const AuditEvent = Schema.Struct({
  action: AuditAction,
  /** A person's id, `device:ID`, `key:ID`, `owner` or `daemon`. */
  actor: Schema.String,
  /** What it was done to: a secret's, tool's or setting's name, an id, an address. */
  subject: Schema.String,
  outcome: AuditOutcome,
  detail: AuditDetail
})
export type AuditEvent = typeof AuditEvent.Type

export const AuditRow = Schema.Struct({
  seq: Schema.Int,
  /** Milliseconds since 1970. */
  at: Schema.Int,
  ...AuditEvent.fields
})
export type AuditRow = typeof AuditRow.Type

/** What is wrong with the chain; `seq` is the first row that shows it. */
export const AuditFault = Schema.Struct({
  seq: Schema.Int,
  problem: Schema.Literals(["changed", "missing"])
})
export type AuditFault = typeof AuditFault.Type

export const AuditVerdict = Schema.Struct({
  rows: Schema.Int,
  /** The newest hash in hex. */
  head: Schema.String,
  /** At most a hundred; none when every row is as it was written. */
  faults: Schema.Array(AuditFault),
  /** Whether the noted hash stands in the chain; true when none was given. */
  is_noted_there: Schema.Boolean
})
export type AuditVerdict = typeof AuditVerdict.Type
