// SPDX-License-Identifier: MIT OR Apache-2.0
/** Ends a turn: its final text is queued and the journal closed in one transaction. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { chatOf } from "../../domain/Ids.ts"
import type { Turn, TurnEnd } from "../../domain/Turn.ts"
import { Journal } from "../Journal.ts"
import { type Asks, Outbox } from "../Outbox.ts"
import type { Address } from "../OutboxStore.ts"
import { Questions } from "../Questions.ts"
import type { Session } from "../SessionStore.ts"
import { type StoreError, Transactions } from "../Store.ts"
import type { Live } from "./Live.ts"

/** Said when a model had nothing to say: every message ends in something visible. */
const nothing = "(The model gave no answer. Send /retry to try again.)"

export class Replies extends Context.Service<
  Replies,
  {
    readonly addressOf: (turn: Turn, session: Session) => Effect.Effect<Address, StoreError>
    /** Without effect when the turn has ended already. */
    readonly finish: (
      turn: Turn,
      live: Live,
      end: TurnEnd,
      text: string,
      detail: string
    ) => Effect.Effect<void, StoreError>
    /** Queues a question while the turn stays open; `deliver` after the transaction sends it. */
    readonly queue: (live: Live, text: string, asks?: Asks) => Effect.Effect<void, StoreError>
    readonly deliver: (live: Live, text: string) => Effect.Effect<void>
  }
>()("blufio/services/turn/Replies") {
  static readonly layer = Layer.effect(
    Replies,
    Effect.gen(function* () {
      const journal = yield* Journal
      const outbox = yield* Outbox
      const questions = yield* Questions
      const transactions = yield* Transactions

      return Replies.of({
        addressOf: (turn, session) =>
          Effect.map(journal.answering(turn.id), (inReplyTo) => ({
            session: session.id,
            turn: turn.id,
            chat: chatOf(session),
            inReplyTo
          })),
        finish: Effect.fn("Replies.finish")(function* (turn, live, end, text, detail) {
          const reply = text.trim() === "" ? nothing : text
          yield* live.close
          const responding = yield* Clock.currentTimeMillis
          const closed = yield* transactions.atomically(
            Effect.gen(function* () {
              yield* questions.stopping(turn, null)
              if (end === "done") yield* journal.enter(turn.id, "responding", responding)
              const isFirst = yield* journal.close(turn.id, end, detail)
              if (isFirst) yield* outbox.enqueue(live.address, reply)
              return isFirst
            })
          )
          if (!closed) return
          yield* outbox.wake(live.address.chat)
          yield* live.done(reply, end === "failed" ? detail : null)
        }),
        queue: (live, text, asks) => outbox.enqueue(live.address, text, asks),
        deliver: (live, text) =>
          Effect.andThen(outbox.wake(live.address.chat), live.done(text, null))
      })
    })
  )
}
