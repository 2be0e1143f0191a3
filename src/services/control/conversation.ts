// SPDX-License-Identifier: MIT OR Apache-2.0
/** Commands about the conversation itself: begin anew, stop, try again, answer a question. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Audit } from "../Audit.ts"
import { InboxStore } from "../InboxStore.ts"
import { Journal } from "../Journal.ts"
import { recordAnswer } from "../recordAnswer.ts"
import { ScheduleStore } from "../ScheduleStore.ts"
import { type Session, SessionStore } from "../SessionStore.ts"
import { Sessions } from "../Sessions.ts"
import { Status } from "../Status.ts"
import { Transactions } from "../Store.ts"
import type { Handler, Handlers } from "./Handler.ts"

type Names = "stop" | "new" | "status" | "whoami" | "retry" | "approve" | "deny"

export const make: Effect.Effect<
  Handlers<Names>,
  never,
  Audit | InboxStore | Journal | ScheduleStore | Sessions | SessionStore | Status | Transactions
> = Effect.gen(function* () {
  const audit = yield* Audit
  const inbox = yield* InboxStore
  const journal = yield* Journal
  const schedules = yield* ScheduleStore
  const sessions = yield* Sessions
  const status = yield* Status
  const store = yield* SessionStore
  const transactions = yield* Transactions

  /** The turn that waits for an answer in this chat: the conversation's, or a scheduled job's. */
  const asking = Effect.fnUntraced(function* (session: Session) {
    const own = yield* journal.unfinished(session.id)
    const jobs = yield* Effect.forEach(yield* schedules.jobsIn(session), journal.unfinished)
    return [own, ...jobs]
      .flatMap(Option.toArray)
      .find(({ question }) => question !== null && question.answer === null)
  })

  const answerQuestion = (answer: "approve" | "deny"): Handler =>
    Effect.fnUntraced(function* (session, { person }) {
      const turn = yield* asking(session)
      const answered =
        turn !== undefined &&
        (yield* transactions.atomically(
          Effect.tap(journal.answer(turn.id, answer), (isOpen) =>
            isOpen ? recordAnswer(audit, turn, person, answer) : Effect.void
          )
        ))
      if (!answered) return { text: "Nothing waits for your answer." }
      yield* sessions.wake(turn.session)
      return { text: answer === "approve" ? "Going on." : "Going on without it." }
    })

  return {
    stop: Effect.fnUntraced(function* (session, row) {
      const jobs = yield* schedules.jobsIn(session)
      const stopped = yield* Effect.forEach([session.id, ...jobs], (id) =>
        // What was written after it is not meant.
        sessions.stop(id, row.id)
      )
      return stopped.includes(true)
        ? { text: "Stopped.", said: true }
        : { text: "Nothing is running." }
    }),
    new: Effect.fnUntraced(function* (session) {
      // First, so that what waits in the queue goes along and is not stopped.
      const next = yield* store.renew(session, session.person)
      yield* Effect.catch(sessions.stop(session.id), (error) =>
        Effect.logError("the old conversation could not be stopped", error)
      )
      yield* sessions.wake(next.id)
      return { text: "A new conversation. What came before is kept, but I start afresh." }
    }),
    status: (session) => Effect.map(status.chat(session), (text) => ({ text })),
    whoami: (session, row) =>
      Effect.succeed({
        text: `You are ${row.person}, on ${session.channel}. This is session ${session.id}.`
      }),
    retry: Effect.fnUntraced(function* (session, row) {
      if (Option.isSome(yield* journal.unfinished(session.id)))
        return { text: "I am still at it. Send /stop first." }
      if ((yield* inbox.waiting(session.id)) > 0)
        return { text: "Your messages are waiting for their turn already." }
      const queued = yield* journal.requeue(session.id, `retry:${row.id}`)
      if (!queued) return { text: "There is nothing to answer again." }
      yield* sessions.wake(session.id)
      return { text: "Trying again." }
    }),
    approve: answerQuestion("approve"),
    deny: answerQuestion("deny")
  }
})
