// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: what the context engine keeps: condensed ranges, notes, token factors; and what it looks up. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Compaction, Note } from "../domain/compaction/Compaction.ts"
import type { Dropped, StepContext, Zone } from "../domain/context/StepContext.ts"
import type { PersonId, SessionId, TurnId } from "../domain/Ids.ts"
import type { Part } from "../domain/Message.ts"
import type { TokenFactor } from "../domain/promptEstimate.ts"
import type { StoreError } from "./Store.ts"

export interface CacheUse {
  readonly calls: number
  /** Input tokens that were neither read from the cache nor written to it. */
  readonly input: number
  readonly read: number
  readonly written: number
}

export class ContextStore extends Context.Service<
  ContextStore,
  {
    /** A session's, oldest first. */
    readonly compactions: (
      session: SessionId
    ) => Effect.Effect<ReadonlyArray<Compaction>, StoreError>
    readonly start: (compaction: {
      readonly session: SessionId
      readonly turn: TurnId
      readonly kind: Compaction["kind"]
      readonly firstMessage: number
      readonly lastMessage: number
      readonly newestMessage: number
      readonly focus: string
      readonly model: string
    }) => Effect.Effect<number, StoreError>
    readonly finish: (
      id: number,
      result: {
        readonly summary: string
        readonly message: string
        readonly dropped: ReadonlyArray<Dropped>
      }
    ) => Effect.Effect<void, StoreError>
    /** With a message the range is left out of the prompt; without one it stays in it. */
    readonly fail: (
      id: number,
      result: {
        readonly detail: string
        readonly message: string
        readonly dropped: ReadonlyArray<Dropped>
      }
    ) => Effect.Effect<void, StoreError>
    /** What stands there already is kept as it is. */
    readonly addNotes: (
      session: SessionId,
      notes: ReadonlyArray<Note>
    ) => Effect.Effect<void, StoreError>
    /** Marks open tasks as carried out; text that is no open task has no effect. */
    readonly closeTasks: (
      session: SessionId,
      texts: ReadonlyArray<string>
    ) => Effect.Effect<void, StoreError>
    /** The open notes that were given in a range of messages, oldest first. */
    readonly notes: (
      session: SessionId,
      first: number,
      last: number
    ) => Effect.Effect<ReadonlyArray<Note>, StoreError>
    readonly factor: (model: string) => Effect.Effect<TokenFactor, StoreError>
    readonly setFactor: (model: string, factor: TokenFactor) => Effect.Effect<void, StoreError>
    /** When a model was asked last (milliseconds since 1970), in one session or in all. */
    readonly recentCalls: (
      model: string,
      session: Option.Option<SessionId>,
      limit: number
    ) => Effect.Effect<ReadonlyArray<number>, StoreError>
    /** What the session's calls read from the vendor's cache; compaction left aside. */
    readonly cacheUse: (session: SessionId) => Effect.Effect<CacheUse, StoreError>
    /** What the prompts since a time were made of, all model steps added up, by the zone's name. */
    readonly zonesSince: (time: number) => Effect.Effect<ReadonlyArray<Zone>, StoreError>
    /** The messages that wait for the session's next turn. */
    readonly waiting: (
      session: SessionId
    ) => Effect.Effect<
      ReadonlyArray<{ readonly person: PersonId; readonly parts: ReadonlyArray<Part> }>,
      StoreError
    >
    /** How many of a session's turns began after a time. */
    readonly turnsSince: (session: SessionId, time: number) => Effect.Effect<number, StoreError>
    /** What was left out when a turn's messages came in. */
    readonly droppedOf: (turn: TurnId) => Effect.Effect<ReadonlyArray<Dropped>, StoreError>
    /** Of the session's newest model step. */
    readonly lastStep: (session: SessionId) => Effect.Effect<Option.Option<StepContext>, StoreError>
  }
>()("blufio/services/ContextStore") {}
