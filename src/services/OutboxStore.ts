// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the durable queue of outgoing messages: growing → pending → sending → sent, or failed. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Chat, SessionId } from "../domain/Ids.ts"
import type { TurnId } from "../domain/Ids.ts"
import { Outcome } from "../domain/question.ts"
import { Rendered } from "./Channel.ts"
import type { StoreError } from "./Store.ts"

export const OutboxRow = Schema.Struct({
  id: Schema.Int,
  session: SessionId,
  chat: Chat.fields.chat,
  channel: Chat.fields.channel,
  topic: Chat.fields.topic,
  part: Schema.Int,
  rendered: Schema.fromJsonString(Rendered),
  inReplyTo: Schema.fromJsonString(Schema.Array(Schema.Int)),
  messageId: Schema.NullOr(Schema.String),
  attempts: Schema.Int,
  notBefore: Schema.Int
})
export type OutboxRow = typeof OutboxRow.Type

/** `outcome`: null while the question is open. */
export const AskingRow = Schema.Struct({
  ...OutboxRow.fields,
  outcome: Schema.NullOr(Outcome)
})
export type AskingRow = typeof AskingRow.Type

/** Where a message goes and what it answers. */
export interface Address {
  readonly session: SessionId
  readonly turn: TurnId | null
  readonly chat: Chat
  readonly inReplyTo: ReadonlyArray<number>
}

export class OutboxStore extends Context.Service<
  OutboxStore,
  {
    /** The rows of a turn's growing reply, by part. */
    readonly growing: (turn: TurnId) => Effect.Effect<ReadonlyArray<OutboxRow>, StoreError>
    /** A row of a growing reply, before it is first sent. */
    readonly grow: (
      address: Address,
      part: number,
      rendered: Rendered
    ) => Effect.Effect<number, StoreError>
    /** Without effect once the row's final text is queued: it may have been sent anew by then. */
    readonly setMessageId: (id: number, messageId: string) => Effect.Effect<void, StoreError>
    /**
     * Queues the final text of a reply: fills the turn's growing rows in order, adds the rest, files
     * last. What grew beyond the final text is marked as surplus.
     */
    readonly enqueue: (
      address: Address,
      markdown: string,
      rendered: ReadonlyArray<Rendered>,
      /** What the last message asks. */
      question?: string
    ) => Effect.Effect<void, StoreError>
    /** The message that asks a question, answered or not. */
    readonly asking: (question: string) => Effect.Effect<Option.Option<AskingRow>, StoreError>
    /** Queues another text for the message of a question: where it stands already it is edited. */
    readonly settle: (
      id: number,
      outcome: Outcome,
      rendered: Rendered
    ) => Effect.Effect<void, StoreError>
    /**
     * Queues a message that a turn sends beside its reply. `source` tells it from the turn's others:
     * a second time nothing is queued.
     */
    readonly enqueueOnce: (
      address: Address & { readonly turn: TurnId },
      source: string,
      rendered: Rendered
    ) => Effect.Effect<void, StoreError>
    /** The oldest undelivered row of a chat. */
    readonly next: (chat: Chat) => Effect.Effect<Option.Option<OutboxRow>, StoreError>
    readonly sending: (id: number) => Effect.Effect<void, StoreError>
    /** Without the state when the row was rewritten while it was sent: then it is to be edited. */
    readonly sent: (id: number, messageId: string) => Effect.Effect<void, StoreError>
    readonly failed: (id: number) => Effect.Effect<void, StoreError>
    /** Back to pending, not to be tried before that time. `messageId` null: must be sent anew. */
    readonly again: (
      id: number,
      notBefore: number,
      messageId: string | null
    ) => Effect.Effect<void, StoreError>
    /** Back to pending as another message, not sent yet, in the same place. */
    readonly replace: (id: number, rendered: Rendered) => Effect.Effect<void, StoreError>
    readonly chatsWithWork: (
      channels: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Chat>, StoreError>
    readonly depth: Effect.Effect<number, StoreError>
  }
>()("blufio/services/OutboxStore") {}
