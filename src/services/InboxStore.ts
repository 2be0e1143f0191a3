// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the durable queue of incoming messages and the channels' offsets. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Chat, PersonId, SessionId, type TurnId } from "../domain/Ids.ts"
import { Part } from "../domain/Message.ts"
import type { TurnPurpose } from "../domain/Turn.ts"
import type { StoreError } from "./Store.ts"

/** `turn`: waits its turn. `control`: goes ahead of the queue, even while a turn runs. */
export const Lane = Schema.Literals(["turn", "control"])
export type Lane = typeof Lane.Type

export const InboxRow = Schema.Struct({
  id: Schema.Int,
  session: SessionId,
  person: PersonId,
  parts: Schema.fromJsonString(Schema.Array(Part))
})
export type InboxRow = typeof InboxRow.Type

export const StoredMessage = Schema.Struct({
  id: Schema.Int,
  parts: Schema.fromJsonString(Schema.Array(Part)),
  lane: Lane,
  state: Schema.Literals(["pending", "taken", "done"]),
  /** What tells apart the files that ever came with the message, in all of its rows. */
  files: Schema.fromJsonString(Schema.Array(Schema.String))
})
export type StoredMessage = typeof StoredMessage.Type

/** Messages that came more than a minute after they were sent, among `total` ones. */
export const Late = Schema.Struct({
  total: Schema.Int,
  count: Schema.Int,
  /** When the first and the last of them were sent; 0 when there is none. */
  first: Schema.Int,
  last: Schema.Int
})
export type Late = typeof Late.Type

export class InboxStore extends Context.Service<
  InboxStore,
  {
    /** `None` when the channel's event was stored before. */
    readonly insert: (row: {
      readonly channel: string
      readonly updateId: string
      readonly session: SessionId
      readonly person: PersonId
      readonly lane: Lane
      readonly parts: ReadonlyArray<Part>
      /** `chat` when left out. */
      readonly purpose?: TurnPurpose
      readonly messageId?: string
      readonly sentAt?: number
      /** No turn begins before so many milliseconds passed without another message. */
      readonly joinWithin?: number
      /** No turn begins before `caughtUp`, or a minute without another message. */
      readonly isBacklog?: boolean
    }) => Effect.Effect<Option.Option<number>, StoreError>
    readonly byUpdate: (
      channel: string,
      updateId: string
    ) => Effect.Effect<Option.Option<InboxRow>, StoreError>
    /** The newest row of a chat's message, in whichever of its sessions. */
    readonly byMessage: (
      chat: Chat,
      messageId: string
    ) => Effect.Effect<Option.Option<StoredMessage>, StoreError>
    /**
     * Whether a file came with one of the session's last messages that brought any, since the
     * conversation was condensed; `message` itself does not count.
     */
    readonly isFileRecent: (
      session: SessionId,
      unique: string,
      message: string | undefined
    ) => Effect.Effect<boolean, StoreError>
    /** Gives a row that waits other parts. */
    readonly rewrite: (id: number, parts: ReadonlyArray<Part>) => Effect.Effect<void, StoreError>
    /** Control commands that nobody has carried out yet, oldest first. */
    readonly pendingControl: Effect.Effect<
      ReadonlyArray<{ readonly id: number; readonly session: SessionId }>,
      StoreError
    >
    /** Of a session's messages that wait for their turn, the one that came before this one. */
    readonly waitingBefore: (
      session: SessionId,
      id: number
    ) => Effect.Effect<Option.Option<InboxRow>, StoreError>
    readonly read: (id: number) => Effect.Effect<Option.Option<InboxRow>, StoreError>
    readonly finish: (id: number) => Effect.Effect<void, StoreError>
    /** How many messages of a session wait for their turn. */
    readonly waiting: (session: SessionId) => Effect.Effect<number, StoreError>
    /** Until when the session's messages wait for more of them; `None` when none waits. */
    readonly heldUntil: (session: SessionId) => Effect.Effect<Option.Option<number>, StoreError>
    /** The channel's backlog waits no longer for more; its sessions. */
    readonly caughtUp: (channel: string) => Effect.Effect<ReadonlyArray<SessionId>, StoreError>
    /** At start: the backlogs' time counts from now, their channels go on with them. */
    readonly holdBacklogs: Effect.Effect<void, StoreError>
    /**
     * Up to which message (not included) those that wait make up one turn: all of them, when they
     * are at most so many bytes together; the first in any case.
     */
    readonly turnEnd: (session: SessionId, bytes: number) => Effect.Effect<number, StoreError>
    /** Of the messages that wait in a session's queue, up to `before`, which came late. */
    readonly lateIn: (session: SessionId, before: number) => Effect.Effect<Late, StoreError>
    /** Of the messages that a turn answers, which came late. */
    readonly lateOf: (turn: TurnId) => Effect.Effect<Late, StoreError>
    /** When a person said or commanded something last, up to `now`; what a schedule sent is not that. */
    readonly lastSpoken: (now: number) => Effect.Effect<Option.Option<number>, StoreError>
    readonly offset: (channel: string) => Effect.Effect<number, StoreError>
    /** Sets it: after a quiet week Telegram counts from a new, perhaps lower, number. */
    readonly moveOffset: (channel: string, next: number) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/InboxStore") {}
