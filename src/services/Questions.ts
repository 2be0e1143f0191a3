// SPDX-License-Identifier: MIT OR Apache-2.0
/** Questions that wait for a person: each is answered once, and its message shows how, to everyone there. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Chat, chatOf, type PersonId } from "../domain/Ids.ts"
import { type Outcome, questionOf, spokenOutcome, turnOf } from "../domain/question.ts"
import type { Turn } from "../domain/Turn.ts"
import { Audit } from "./Audit.ts"
import { Journal } from "./Journal.ts"
import { Outbox } from "./Outbox.ts"
import { OutboxStore } from "./OutboxStore.ts"
import { PersonNames } from "./PersonNames.ts"
import { SessionStore } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** Where a question was asked, and how it stands. */
export interface Standing {
  readonly chat: Chat
  /** Where its conversation goes on: the chat may have moved since. */
  readonly present: Chat
  readonly state: Outcome | "open"
}

export class Questions extends Context.Service<
  Questions,
  {
    /** `None`: nothing of that name was ever asked. */
    readonly standing: (question: string) => Effect.Effect<Option.Option<Standing>, StoreError>
    /** Records the answer, by nobody when it expired. False: it has one already. Wake the session then. */
    readonly answer: (
      turn: Turn,
      answer: Exclude<Outcome, "stopped">,
      by: PersonId | null
    ) => Effect.Effect<boolean, StoreError>
    /**
     * In the message shows that the turn which asks is being ended, and by whom. Once: what is shown
     * stays. In a transaction of the caller's call `Outbox.wake` after it.
     */
    readonly stopping: (turn: Turn, by: PersonId | null) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/Questions") {
  static readonly layer = Layer.effect(
    Questions,
    Effect.gen(function* () {
      const audit = yield* Audit
      const journal = yield* Journal
      const names = yield* PersonNames
      const outbox = yield* Outbox
      const sessions = yield* SessionStore
      const store = yield* OutboxStore
      const transactions = yield* Transactions
      const { agent } = yield* Settings

      /** In the transaction at hand; answers with the chat to wake. */
      const show = Effect.fnUntraced(function* (turn: Turn, outcome: Outcome, by: PersonId | null) {
        const question = questionOf(turn)
        if (Option.isNone(question)) return Option.none()
        const who = by === null ? Option.none() : Option.some(yield* names.of(by))
        const now = yield* Clock.currentTimeMillis
        const text = spokenOutcome(outcome, who, now, agent.time_zone)
        return yield* outbox.settle(question.value, outcome, text)
      })
      const wake = (chat: Option.Option<Chat>) =>
        Option.match(chat, { onNone: () => Effect.void, onSome: outbox.wake })

      const record = (turn: Turn, answer: "approve" | "deny" | "expired", by: PersonId | null) =>
        audit.record({
          action: answer === "approve" ? "approval.granted" : "approval.denied",
          actor: by ?? "daemon",
          subject: turn.question?.tool ?? "",
          outcome: "ok",
          detail: { turn: turn.id, ...(answer === "expired" ? { expired: true } : {}) }
        })

      /** By the journal, which forgets the question once its turn has ended. */
      const journalled = (question: string) =>
        Effect.map(journal.find(turnOf(question)), (turn): Standing["state"] => {
          const found = Option.filter(turn, (one) => Option.contains(questionOf(one), question))
          const asked = Option.flatMapNullishOr(found, (one) => one.question)
          return Option.match(asked, {
            onNone: () => "stopped",
            onSome: ({ answer }) => answer ?? "open"
          })
        })

      return Questions.of({
        standing: Effect.fn("Questions.standing")(function* (question) {
          const row = Option.getOrUndefined(yield* store.asking(question))
          if (row === undefined) return Option.none()
          const chat = chatOf(row)
          const session = yield* sessions.find(row.session)
          const present = Option.match(session, { onNone: () => chat, onSome: chatOf })
          const state = row.outcome ?? (yield* journalled(question))
          return Option.some({ chat, present, state })
        }),
        answer: Effect.fn("Questions.answer")(function* (turn, answer, by) {
          const { chat, isFirst } = yield* transactions.atomically(
            Effect.gen(function* () {
              if (!(yield* journal.answer(turn.id, answer)))
                return { isFirst: false, chat: Option.none<Chat>() }
              yield* record(turn, answer, by)
              return { isFirst: true, chat: yield* show(turn, answer, by) }
            })
          )
          yield* wake(chat)
          return isFirst
        }),
        stopping: Effect.fn("Questions.stopping")(function* (turn, by) {
          if (turn.question?.answer !== null) return
          yield* wake(yield* transactions.atomically(show(turn, "stopped", by)))
        })
      })
    })
  )
}
