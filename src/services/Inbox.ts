// SPDX-License-Identifier: MIT OR Apache-2.0
/** Messages enter here: each is durable before its channel is told that we have it (invariant 1). */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Chat, PersonId, SessionId } from "../domain/Ids.ts"
import { Part } from "../domain/Message.ts"
import type { StoreError } from "./Store.ts"

export const Incoming = Schema.Struct({
  chat: Chat,
  person: PersonId,
  /** The channel's own id of the event: the same one twice is stored once. */
  updateId: Schema.NonEmptyString,
  parts: Schema.NonEmptyArray(Part)
})
export type Incoming = typeof Incoming.Type

export const Receipt = Schema.Struct({
  inboxId: Schema.Int,
  session: SessionId,
  /** False when this event was stored before. */
  isNew: Schema.Boolean
})
export type Receipt = typeof Receipt.Type

export class Inbox extends Context.Service<
  Inbox,
  {
    /**
     * Stores a message and, in the same transaction, the channel's offset when one is given. Then
     * starts whatever it calls for: a turn, or a control command on its own lane.
     */
    readonly receive: (
      incoming: Incoming,
      options?: { readonly offset?: number }
    ) => Effect.Effect<Receipt, StoreError>
    /** Moves a channel's offset past an event that holds nothing for us. Never moves it back. */
    readonly skip: (channel: string, offset: number) => Effect.Effect<void, StoreError>
    /** The offset stored last; 0 when there is none. */
    readonly offset: (channel: string) => Effect.Effect<number, StoreError>
  }
>()("blufio/services/Inbox") {}
