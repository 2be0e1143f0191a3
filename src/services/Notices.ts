// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tells a person something that they did not ask for just now, where only they read it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Chat, PersonId } from "../domain/Ids.ts"
import { Outbox } from "./Outbox.ts"
import { SessionStore } from "./SessionStore.ts"
import type { StoreError } from "./Store.ts"

export class Notices extends Context.Service<
  Notices,
  {
    /**
     * Stores the message in the transaction at hand and answers where it goes: call `Outbox.wake`
     * with that once it is committed. `None`: the person has no chat yet, and was not told.
     */
    readonly enqueue: (
      person: PersonId,
      markdown: string
    ) => Effect.Effect<Option.Option<Chat>, StoreError>
    /** Stores it and sends it on its way. False: the person has no chat yet. */
    readonly tell: (person: PersonId, markdown: string) => Effect.Effect<boolean, StoreError>
  }
>()("blufio/services/Notices") {
  static readonly layer = Layer.effect(
    Notices,
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const sessions = yield* SessionStore

      const enqueue: Notices["Service"]["enqueue"] = Effect.fn("Notices.enqueue")(
        function* (person, markdown) {
          const home = yield* sessions.homeOf(person)
          if (Option.isNone(home)) return home
          const { id } = yield* sessions.current(home.value, person)
          yield* outbox.enqueue(
            { session: id, turn: null, chat: home.value, inReplyTo: [] },
            markdown
          )
          return home
        }
      )

      return Notices.of({
        enqueue,
        tell: Effect.fn("Notices.tell")(function* (person, markdown) {
          const chat = yield* enqueue(person, markdown)
          if (Option.isSome(chat)) yield* outbox.wake(chat.value)
          return Option.isSome(chat)
        })
      })
    })
  )
}
