// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the durable record of turns, their steps and the transcript. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Dropped, StepContext } from "../domain/context/StepContext.ts"
import type { SessionId, TurnId } from "../domain/Ids.ts"
import type { Part, Role } from "../domain/Message.ts"
import type { Entry, Question, Step, Turn, TurnEnd, TurnState } from "../domain/Turn.ts"
import type { StoreError } from "./Store.ts"

export class Journal extends Context.Service<
  Journal,
  {
    readonly find: (turn: TurnId) => Effect.Effect<Option.Option<Turn>, StoreError>
    /** The session's turn that has not ended yet; there is never more than one. */
    readonly unfinished: (session: SessionId) => Effect.Effect<Option.Option<Turn>, StoreError>
    /** The session's newest turn, ended or not. */
    readonly newest: (session: SessionId) => Effect.Effect<Option.Option<Turn>, StoreError>
    /** The session's turns, oldest first, at most the newest `limit`. */
    readonly turns: (
      session: SessionId,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Turn>, StoreError>
    /**
     * Opens a turn over all messages that wait in the session's queue, with their transcript
     * entries, in one transaction. `None` when nothing waits.
     */
    readonly open: (
      session: SessionId,
      conditional: ReadonlyArray<Part>,
      /** What was meant to come along and was left out. */
      dropped?: ReadonlyArray<Dropped>,
      /** Only over messages with lower inbox ids. */
      before?: number
    ) => Effect.Effect<Option.Option<Turn>, StoreError>
    /**
     * `at` (milliseconds since 1970): when it was entered, if it is noted later. Without effect once
     * the turn has ended.
     */
    readonly enter: (turn: TurnId, state: TurnState, at?: number) => Effect.Effect<void, StoreError>
    readonly states: (
      turn: TurnId
    ) => Effect.Effect<
      ReadonlyArray<{ readonly state: TurnState; readonly at: number }>,
      StoreError
    >
    /** Ends the turn and the inbox rows that it answers; false when it had ended already. */
    readonly close: (
      turn: TurnId,
      end: TurnEnd,
      detail: string
    ) => Effect.Effect<boolean, StoreError>
    /** Parks the turn until the person answers or `expiresAt` passes. */
    readonly ask: (
      turn: TurnId,
      question: Question,
      expiresAt: number
    ) => Effect.Effect<void, StoreError>
    /**
     * Records the answer to a parked turn's question; the turn may go on then. False: none is open, or
     * its time is up, when only `expired` counts.
     */
    readonly answer: (
      turn: TurnId,
      answer: "approve" | "deny" | "expired"
    ) => Effect.Effect<boolean, StoreError>
    /** Parked turns whose time is up. */
    readonly expired: Effect.Effect<ReadonlyArray<Turn>, StoreError>
    /** The inbox ids that a turn answers. */
    readonly answering: (turn: TurnId) => Effect.Effect<ReadonlyArray<number>, StoreError>
    /** A turn's steps in the order they were started. */
    readonly steps: (turn: TurnId) => Effect.Effect<ReadonlyArray<Step>, StoreError>
    readonly startStep: (step: {
      readonly turn: TurnId
      readonly kind: Step["kind"]
      readonly name: string
      readonly callId: string
      readonly idempotent: boolean
      /** Of a model step: what its prompt is made of. */
      readonly context?: StepContext
    }) => Effect.Effect<number, StoreError>
    readonly endStep: (
      step: number,
      state: "finished" | "lost",
      outcome: string
    ) => Effect.Effect<void, StoreError>
    /** Marks the turn's started steps as lost: what became of them will not be known. */
    readonly loseStartedSteps: (turn: TurnId) => Effect.Effect<void, StoreError>
    /** Appends to the transcript. */
    readonly append: (entry: {
      readonly turn: TurnId
      readonly step: number | null
      readonly role: Role
      readonly parts: ReadonlyArray<Part>
      readonly model: string
    }) => Effect.Effect<void, StoreError>
    /** Gives an entry of the transcript other parts. */
    readonly rewrite: (entry: number, parts: ReadonlyArray<Part>) => Effect.Effect<void, StoreError>
    /**
     * What the model is shown: every entry of the session but those of superseded turns, and of
     * turns that were refused for their size before the model said anything.
     */
    readonly history: (
      session: SessionId,
      /** Only what comes after this message. */
      after?: number
    ) => Effect.Effect<ReadonlyArray<Entry>, StoreError>
    /** The raw transcript of one turn. */
    readonly transcript: (turn: TurnId) => Effect.Effect<ReadonlyArray<Entry>, StoreError>
    /**
     * Queues the messages of a session's newest, ended turn once more and hides that turn from the
     * model. False when there is none.
     */
    readonly requeue: (session: SessionId, updateId: string) => Effect.Effect<boolean, StoreError>
    /** Sessions on these channels with a turn to resume or messages to answer. */
    readonly sessionsWithWork: (
      channels: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<SessionId>, StoreError>
  }
>()("blufio/services/Journal") {}
