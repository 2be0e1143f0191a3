// SPDX-License-Identifier: MIT OR Apache-2.0
/** Commands about the conversation itself: begin anew, stop, try again, answer a question. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isQuestionName, questionOf } from "../../domain/question.ts"
import { InboxStore } from "../InboxStore.ts"
import { Journal } from "../Journal.ts"
import { Questions } from "../Questions.ts"
import { ScheduleStore } from "../ScheduleStore.ts"
import type { Turn } from "../../domain/Turn.ts"
import { type Session, SessionStore } from "../SessionStore.ts"
import { Sessions } from "../Sessions.ts"
import { Status } from "../Status.ts"
import type { Answer, Handler, Handlers } from "./Handler.ts"

type Names = "stop" | "new" | "status" | "whoami" | "retry" | "approve" | "deny"

/** What a press did shows in the message that was pressed, also when it was another that did it. */
const shownThere: Answer = { text: "", said: true }

export const make: Effect.Effect<
  Handlers<Names>,
  never,
  InboxStore | Journal | Questions | ScheduleStore | Sessions | SessionStore | Status
> = Effect.gen(function* () {
  const inbox = yield* InboxStore
  const journal = yield* Journal
  const questions = yield* Questions
  const schedules = yield* ScheduleStore
  const sessions = yield* Sessions
  const status = yield* Status
  const store = yield* SessionStore

  /** The turns that wait for an answer in this chat: the conversation's first, then scheduled jobs'. */
  const asking = Effect.fnUntraced(function* (session: Session) {
    const own = yield* journal.unfinished(session.id)
    const jobs = yield* Effect.forEach(yield* schedules.jobsIn(session), journal.unfinished)
    return [own, ...jobs]
      .flatMap(Option.toArray)
      .filter(({ question }) => question !== null && question.answer === null)
  })
  /** Of those the one that a press names; else the first. */
  const meant = (asked: ReadonlyArray<Turn>, rest: string) =>
    isQuestionName(rest) ? asked.find((turn) => Option.contains(questionOf(turn), rest)) : asked[0]

  const isPress = Effect.fnUntraced(function* (rest: string) {
    return isQuestionName(rest) && Option.isSome(yield* questions.standing(rest))
  })

  const answerQuestion = (answer: "approve" | "deny"): Handler =>
    Effect.fnUntraced(function* (session, { person }, rest) {
      const turn = meant(yield* asking(session), rest)
      const answered = turn !== undefined && (yield* questions.answer(turn, answer, person))
      if (answered) yield* sessions.wake(turn.session)
      if (yield* isPress(rest)) return shownThere
      if (!answered) return { text: "Nothing waits for your answer." }
      return { text: answer === "approve" ? "Going on." : "Going on without it." }
    })

  return {
    stop: Effect.fnUntraced(function* (session, row, rest) {
      const asked = yield* asking(session)
      const isOne = yield* isPress(rest)
      const ended = isOne ? [meant(asked, rest)].filter((turn) => turn !== undefined) : asked
      for (const turn of ended) yield* questions.stopping(turn, row.person)
      if (isOne) {
        yield* Effect.forEach(ended, (turn) => sessions.stop(turn.session, row.id), {
          discard: true
        })
        return shownThere
      }
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
