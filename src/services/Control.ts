// SPDX-License-Identifier: MIT OR Apache-2.0
/** The control lane: commands typed in chat, ahead of the queue and even while a turn runs. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { chatCommands, type CommandName, parse } from "../domain/ChatCommand.ts"
import { chatOf, type SessionId } from "../domain/Ids.ts"
import { textOf } from "../domain/Message.ts"
import { type InboxRow, InboxStore } from "./InboxStore.ts"
import { Audit } from "./Audit.ts"
import { recordAnswer } from "./recordAnswer.ts"
import { Journal } from "./Journal.ts"
import * as KeyedWorkers from "./KeyedWorkers.ts"
import { Outbox } from "./Outbox.ts"
import { type Session, SessionStore } from "./SessionStore.ts"
import { Sessions } from "./Sessions.ts"
import { Status } from "./Status.ts"
import { persistently } from "./persistently.ts"
import { readable, type StoreError, Transactions } from "./Store.ts"
import { TurnEvents } from "./TurnEvents.ts"

const help = chatCommands.map(({ description, name }) => `/${name} – ${description}`).join("\n")

/** Commands that take longer than this at start are carried out beside everything else. */
const recoverWithin = "5 seconds"

/** What to say, and whether it stands in the chat already. */
interface Answer {
  readonly text: string
  readonly said?: boolean
}

const broken = (defect: unknown): Effect.Effect<Answer> =>
  Effect.as(Effect.logError("a command broke", defect), {
    text: "⚠️ That command broke inside Blufio; the log says how. Try it again."
  })

const unreadable: Answer = {
  text: "⚠️ Part of this conversation cannot be read any more; the log says which. Send /new to start afresh."
}

type Handler = (session: Session, row: InboxRow) => Effect.Effect<Answer, StoreError>

export class Control extends Context.Service<
  Control,
  {
    /** A command was stored for this session. */
    readonly wake: (session: SessionId) => Effect.Effect<void>
    /** Carries out what was stored before the process died, and waits for it: at start. */
    readonly recover: Effect.Effect<void, StoreError>
  }
>()("blufio/services/Control") {
  static readonly layer = Layer.effect(
    Control,
    Effect.gen(function* () {
      const audit = yield* Audit
      const events = yield* TurnEvents
      const inbox = yield* InboxStore
      const journal = yield* Journal
      const outbox = yield* Outbox
      const sessions = yield* Sessions
      const status = yield* Status
      const store = yield* SessionStore
      const transactions = yield* Transactions

      const answerQuestion = (answer: "approve" | "deny"): Handler =>
        Effect.fnUntraced(function* (session, { person }) {
          const turn = Option.getOrUndefined(yield* journal.unfinished(session.id))
          const answered =
            turn !== undefined &&
            (yield* transactions.atomically(
              Effect.tap(journal.answer(turn.id, answer), (isOpen) =>
                isOpen ? recordAnswer(audit, turn, person, answer) : Effect.void
              )
            ))
          if (!answered) return { text: "Nothing waits for your answer." }
          yield* sessions.wake(session.id)
          return { text: answer === "approve" ? "Going on." : "Going on without it." }
        })

      const handlers: Record<CommandName, Handler> = {
        help: () => Effect.succeed({ text: help }),
        stop: ({ id }) =>
          Effect.map(sessions.stop(id), (stopped) =>
            stopped ? { text: "Stopped.", said: true } : { text: "Nothing is running." }
          ),
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

      const carryOut = Effect.fn("Control.carryOut")(function* (id: number) {
        const row = Option.getOrUndefined(yield* readable(inbox.read(id), Option.none()))
        const session = row && Option.getOrUndefined(yield* store.find(row.session))
        if (row === undefined || session === undefined) {
          yield* Effect.logError("a stored command cannot be read").pipe(
            Effect.annotateLogs({ inbox: id })
          )
          return yield* inbox.finish(id)
        }
        const command = parse(textOf(row.parts))
        const { said, text } =
          command._tag === "Command"
            ? yield* readable(handlers[command.name](session, row), unreadable).pipe(
                Effect.catchDefect(broken)
              )
            : { text: `I do not know that command.\n\n${help}` }
        const current = yield* store.current(session, row.person)
        const address = {
          session: current.id,
          turn: null,
          chat: chatOf(session),
          inReplyTo: [row.id]
        }
        yield* transactions.atomically(
          Effect.andThen(
            said === true ? Effect.void : outbox.enqueue(address, text),
            inbox.finish(row.id)
          )
        )
        yield* outbox.wake(address.chat)
        yield* events.publish({
          _tag: "Done",
          session: current.id,
          inReplyTo: [row.id],
          text,
          failure: null
        })
      })

      const work = Effect.fnUntraced(function* (session: SessionId) {
        const pending = yield* inbox.pendingControl
        yield* Effect.forEach(
          pending.filter((row) => row.session === session),
          (row) => carryOut(row.id),
          { discard: true }
        )
      })
      const workers = yield* KeyedWorkers.make((session: SessionId) =>
        persistently("a command")(work(session))
      )

      return Control.of({
        wake: workers.wake,
        recover: Effect.gen(function* () {
          const pending = yield* inbox.pendingControl
          yield* Effect.forEach(pending, (row) => workers.wake(row.session), { discard: true })
          yield* Effect.timeoutOption(workers.idle, recoverWithin)
        })
      })
    })
  )
}
