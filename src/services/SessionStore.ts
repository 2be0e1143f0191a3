// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: which conversation is open in which chat. `/new` closes one; the next message opens another. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AgentName, type Chat, ChannelName, PersonId, SessionId } from "../domain/Ids.ts"
import type { StoreError } from "./Store.ts"

export const Session = Schema.Struct({
  id: SessionId,
  channel: ChannelName,
  chat: Schema.NonEmptyString,
  topic: Schema.String,
  agent: AgentName,
  person: PersonId,
  openedAt: Schema.Int,
  closedAt: Schema.NullOr(Schema.Int)
})
export type Session = typeof Session.Type

export class SessionStore extends Context.Service<
  SessionStore,
  {
    readonly find: (id: SessionId) => Effect.Effect<Option.Option<Session>, StoreError>
    /** The session that is open in a chat; opens one when there is none. */
    readonly current: (chat: Chat, person: PersonId) => Effect.Effect<Session, StoreError>
    /** A session of its own in a chat, beside the open one: what is said there is not its history. */
    readonly aside: (chat: Chat, person: PersonId) => Effect.Effect<Session, StoreError>
    /** Closes the chat's session and opens the next one there; what waits in the queue goes along. */
    readonly renew: (chat: Chat, person: PersonId) => Effect.Effect<Session, StoreError>
    /**
     * Where a person can be told something that nobody else should read: the private chat on a
     * channel they were approved on, else, for the owner, that of the only person who was let in
     * there by the settings, or the conversation on this machine that was used last. `None`: they never wrote.
     */
    readonly homeOf: (person: PersonId) => Effect.Effect<Option.Option<Chat>, StoreError>
    /**
     * A chat goes on under another id: its open sessions, schedules and undelivered messages go
     * along. Answers with those sessions; what waited in one that was opened there waits in them.
     */
    readonly moveChat: (
      channel: string,
      from: string,
      to: string
    ) => Effect.Effect<ReadonlyArray<SessionId>, StoreError>
    /** Newest first. */
    readonly list: (limit: number) => Effect.Effect<ReadonlyArray<Session>, StoreError>
  }
>()("blufio/services/SessionStore") {}
