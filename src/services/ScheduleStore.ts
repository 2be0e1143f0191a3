// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: what is to be done later, and the record of each time that it was. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Chat, PersonId, SessionId } from "../domain/Ids.ts"
import type { LastRun, Schedule, ScheduleId, ScheduleState } from "../domain/schedule/Schedule.ts"
import type { StoreError } from "./Store.ts"

export interface Said {
  readonly at: number
  /** `text` is the person's own, not a model's. */
  readonly isOwn: boolean
  readonly text: string
}

export class ScheduleStore extends Context.Service<
  ScheduleStore,
  {
    readonly add: (
      schedule: Omit<Schedule, "id" | "state" | "createdAt"> & { readonly source: string | null }
    ) => Effect.Effect<Schedule, StoreError>
    /** What was put down because of this message or tool call. */
    readonly bySource: (source: string) => Effect.Effect<ReadonlyArray<Schedule>, StoreError>
    readonly find: (id: ScheduleId) => Effect.Effect<Option.Option<Schedule>, StoreError>
    /** What is active or broken, by its next time; of one person or of all. */
    readonly list: (
      person: Option.Option<PersonId>
    ) => Effect.Effect<ReadonlyArray<Schedule>, StoreError>
    readonly countActive: (person: PersonId) => Effect.Effect<number, StoreError>
    /** Ids of what is due on these channels, the longest waiting first. */
    readonly due: (
      now: number,
      channels: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<ScheduleId>, StoreError>
    /** When the next thing is due on these channels. */
    readonly nextDue: (
      channels: ReadonlyArray<string>
    ) => Effect.Effect<Option.Option<number>, StoreError>
    readonly set: (
      id: ScheduleId,
      state: ScheduleState,
      nextDue: number | null
    ) => Effect.Effect<void, StoreError>
    /** False when that time was taken before: nothing may be done for it again. */
    readonly claim: (run: {
      readonly schedule: ScheduleId
      readonly dueAt: number
      readonly state: "sent" | "queued" | "skipped"
      readonly session: SessionId
    }) => Effect.Effect<boolean, StoreError>
    /** The newest runs, newest first. */
    readonly runs: (
      id: ScheduleId,
      limit: number
    ) => Effect.Effect<ReadonlyArray<LastRun>, StoreError>
    /** Sessions in which a job of this chat runs or waits to run. */
    readonly jobsIn: (chat: Chat) => Effect.Effect<ReadonlyArray<SessionId>, StoreError>
    /** What reminders, jobs and the heartbeat said in a chat since a time, oldest first. */
    readonly saidSince: (
      chat: Chat,
      since: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Said>, StoreError>
    /** Jobs whose runs failed since a time: for the heartbeat. */
    readonly failuresSince: (
      person: PersonId,
      since: number
    ) => Effect.Effect<
      ReadonlyArray<{ readonly id: number; readonly text: string; readonly detail: string }>,
      StoreError
    >
  }
>()("blufio/services/ScheduleStore") {}
