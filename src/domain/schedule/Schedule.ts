// SPDX-License-Identifier: MIT OR Apache-2.0
/** Something to do later: a reminder, which costs nothing, or a job whose prompt a model answers. */
import * as Schema from "effect/Schema"
import { AgentName, Chat, PersonId, TurnId } from "../Ids.ts"
import { Rule } from "./Rule.ts"

export const ScheduleKind = Schema.Literals(["cron", "reminder"])
export type ScheduleKind = typeof ScheduleKind.Type

/** What to do about times that passed while nobody could act on them. */
export const MissedPolicy = Schema.Literals(["once", "skip", "all"])
export type MissedPolicy = typeof MissedPolicy.Type

export const ScheduleState = Schema.Literals(["active", "done", "removed", "broken"])
export type ScheduleState = typeof ScheduleState.Type

export const ScheduleId = Schema.Int.pipe(Schema.brand("ScheduleId"))
export type ScheduleId = typeof ScheduleId.Type

/** How the newest run ended: a turn's state, or what stands for it where there is no turn. */
export const LastRun = Schema.Struct({
  dueAt: Schema.Int,
  startedAt: Schema.Int,
  state: Schema.String,
  detail: Schema.String,
  turn: Schema.NullOr(TurnId)
})
export type LastRun = typeof LastRun.Type

export const Schedule = Schema.Struct({
  id: ScheduleId,
  kind: ScheduleKind,
  person: PersonId,
  agent: AgentName,
  ...Chat.fields,
  rule: Schema.fromJsonString(Rule),
  zone: Schema.TimeZoneNamedFromString,
  text: Schema.String,
  missed: MissedPolicy,
  nextDue: Schema.NullOr(Schema.Int),
  state: ScheduleState,
  createdAt: Schema.Int
})
export type Schedule = typeof Schedule.Type

/** As other programs see one: times are ISO 8601. */
export const ScheduleReport = Schema.Struct({
  id: Schema.Int,
  kind: ScheduleKind,
  /** In words, e.g. "every Monday at 09:00". */
  when: Schema.String,
  time_zone: Schema.String,
  /** At most the next three. */
  next: Schema.Array(Schema.String),
  text: Schema.String,
  state: ScheduleState,
  missed: MissedPolicy,
  person: Schema.String,
  /** `channel:chat`, where it is said. */
  chat: Schema.String,
  last_run: Schema.NullOr(
    Schema.Struct({
      due_at: Schema.String,
      started_at: Schema.String,
      state: Schema.String,
      detail: Schema.String,
      turn: Schema.NullOr(Schema.String)
    })
  )
})
export type ScheduleReport = typeof ScheduleReport.Type
