// SPDX-License-Identifier: MIT OR Apache-2.0
/** Answers messages: asks the model, runs its tools, and hands the reply to the outbox (invariant 2). */
import type { AiError } from "effect/ai/AiError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type { TurnId } from "../domain/Ids.ts"
import { plan, spoken } from "../domain/plan.ts"
import { problemsOf } from "../domain/files/words.ts"
import type { Entry, Turn as TurnRow } from "../domain/Turn.ts"
import { Audit } from "./Audit.ts"
import { type Channel, Channels } from "./Channel.ts"
import { Compactor } from "./Compactor.ts"
import { InboxStore } from "./InboxStore.ts"
import { Journal } from "./Journal.ts"
import { OutboxStore } from "./OutboxStore.ts"
import { isPromptTooLong } from "./provider/Refusal.ts"
import { Redactor } from "./Redactor.ts"
import type { Session } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import { readable, type StoreError, Transactions } from "./Store.ts"
import { TurnEvents } from "./TurnEvents.ts"
import * as Draft from "./turn/Draft.ts"
import {
  Broken,
  detailOf,
  explain,
  IterationLimit,
  type TurnFailure,
  TurnTimedOut
} from "./turn/explain.ts"
import { noteForPerson } from "./turn/late.ts"
import * as Live from "./turn/Live.ts"
import { ModelSteps } from "./turn/ModelSteps.ts"
import { deeds } from "./turn/deeds.ts"
import { ReceivedFiles } from "./turn/ReceivedFiles.ts"
import { Replies } from "./turn/Replies.ts"
import { ToolSteps } from "./turn/ToolSteps.ts"

/** Telegram shows "typing" for five seconds. */
const typingInterval = Duration.seconds(4)

/** What a reply says of files that were not shown, unless that is what it says anyway. */
const filesNote = (transcript: ReadonlyArray<Entry>, reply: string): string => {
  const problems = problemsOf(transcript.flatMap(({ parts }) => parts))
  return problems === "" || reply.includes(problems) ? "" : `\n\n${problems}`
}

/** An unreadable row too: the type only says that no other `StoreError` is left out. */
const isTold = <E extends TurnFailure>(error: E): error is Exclude<E, StoreError> =>
  error._tag !== "StoreError" || error.isUnreadable

export class Turn extends Context.Service<
  Turn,
  {
    /**
     * Goes on from the turn's last finished step until it has ended or waits for a person.
     * Interruption leaves it resumable.
     */
    readonly run: (turn: TurnRow, session: Session) => Effect.Effect<void, StoreError>
    /** Ends a turn that no fiber runs any more, and says what had already happened. */
    readonly stop: (turn: TurnRow, session: Session) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/Turn") {
  static readonly layer = Layer.effect(
    Turn,
    Effect.gen(function* () {
      const channels = yield* Channels
      const compactor = yield* Compactor
      const inbox = yield* InboxStore
      const journal = yield* Journal
      const models = yield* ModelSteps
      const audit = yield* Audit
      const redactor = yield* Redactor
      const received = yield* ReceivedFiles
      const replies = yield* Replies
      const store = yield* OutboxStore
      const tools = yield* ToolSteps
      const scope = yield* Effect.scope
      const transactions = yield* Transactions
      const events = yield* TurnEvents
      const { agent } = yield* Settings

      const typing = (channel: Channel | undefined, session: Session) =>
        channel === undefined
          ? Effect.void
          : Effect.repeat(channel.typing(session), Schedule.spaced(typingInterval))

      /** A file that the vendor does not take must not spoil what is said after it. */
      const withoutFiles = Effect.fnUntraced(function* (turn: TurnRow, error: AiError) {
        if (error.reason._tag !== "InvalidRequestError") return yield* error
        const why = isPromptTooLong(error) ? "too-long" : "refused"
        const isAboutFiles = /image|pdf|document|media|base64/i.test(error.message)
        if (!(yield* received.withdraw(turn, why, isAboutFiles))) return yield* error
        yield* Effect.logWarning("files are left out: the provider refused the request").pipe(
          Effect.annotateLogs({ turn: turn.id, detail: error.message })
        )
      })

      const loop = Effect.fnUntraced(function* (turn: TurnRow, live: Live.Live) {
        let question = turn.question
        while (true) {
          const transcript = yield* journal.transcript(turn.id)
          const steps = yield* journal.steps(turn.id)
          const next = plan(transcript, steps, question)
          switch (next._tag) {
            case "CallModel": {
              const asked = steps.filter(
                (step) => step.kind === "model" && step.state === "finished"
              )
              if (asked.length >= agent.max_tool_iterations)
                return yield* new IterationLimit({ limit: agent.max_tool_iterations })
              yield* models
                .run(turn, live, steps, spoken(transcript))
                .pipe(
                  Effect.catchTag("AiError", (error) =>
                    asked.length === 0 ? withoutFiles(turn, error) : Effect.fail(error)
                  )
                )
              break
            }
            case "RunTool":
              yield* tools.run(turn, live, next.call)
              break
            case "SkipTool":
              yield* tools.skip(turn, next.call, next.step)
              break
            case "AskPerson":
              return yield* tools.ask(turn, live, next.call, next.step)
            case "Respond":
              return yield* replies.finish(
                turn,
                live,
                "done",
                next.text +
                  filesNote(transcript, next.text) +
                  (yield* compactor.noteOf(turn)) +
                  (yield* noteForPerson(inbox, turn.id, agent.time_zone)),
                ""
              )
          }
          if (question?.answer !== null) question = null
        }
      })

      const fail = Effect.fnUntraced(function* (
        turn: TurnRow,
        live: Live.Live,
        error: TurnFailure
      ) {
        yield* Effect.logWarning("a turn failed").pipe(
          Effect.annotateLogs({ error: error._tag, detail: error.message })
        )
        yield* journal.loseStartedSteps(turn.id)
        const transcript = yield* readable(journal.transcript(turn.id), [])
        const said = spoken(transcript)
        const sentence = explain(error)
        if (error._tag === "BudgetExceeded")
          yield* audit.record({
            action: "budget.refused",
            actor: turn.person,
            subject: error.window,
            outcome: "refused",
            detail: {
              turn: turn.id,
              limit_micros: error.limitMicros,
              spent_micros: error.spentMicros
            }
          })
        const text = said === "" ? sentence : `${said}\n\n${sentence}`
        yield* replies.finish(turn, live, "failed", text, detailOf(error))
      })

      const watched = new Map<TurnId, Live.Live>()

      const go = Effect.fnUntraced(function* (turn: TurnRow, session: Session) {
        const channel = Option.getOrUndefined(channels.find(session.channel))
        const address = yield* replies.addressOf(turn, session)
        const draft = channel && (yield* Draft.open(store, channel, address, scope))
        yield* Effect.addFinalizer(() => draft?.close ?? Effect.void)
        const live = Live.make(address, draft, events, redactor)
        watched.set(turn.id, live)
        yield* Effect.forkScoped(typing(channel, session))
        yield* Effect.andThen(received.take(turn, session), loop(turn, live)).pipe(
          Effect.timeoutOrElse({
            duration: agent.turn_timeout,
            orElse: () =>
              Effect.fail(new TurnTimedOut({ limitMillis: Duration.toMillis(agent.turn_timeout) }))
          }),
          // A database that is down is waited for; everything else is told to the person.
          Effect.catchIf(isTold, (error) => fail(turn, live, error))
        )
        watched.delete(turn.id)
      }, Effect.scoped)

      const broke = Effect.fnUntraced(function* (turn: TurnRow, session: Session, defect: unknown) {
        yield* Effect.logError("a turn broke", defect)
        watched.delete(turn.id)
        const address = yield* replies.addressOf(turn, session)
        yield* fail(turn, Live.make(address, undefined, events, redactor), new Broken())
      })

      const stop = Effect.fn("Turn.stop")(function* (turn: TurnRow, session: Session) {
        const address = yield* replies.addressOf(turn, session)
        const live = watched.get(turn.id) ?? Live.make(address, undefined, events, redactor)
        watched.delete(turn.id)
        const steps = yield* readable(journal.steps(turn.id), [])
        const partial = live.partial() || spoken(yield* readable(journal.transcript(turn.id), []))
        const done = deeds(steps)
        const summary = done === "" ? "Stopped." : `Stopped. This had already happened: ${done}.`
        yield* transactions.atomically(
          Effect.gen(function* () {
            yield* journal.loseStartedSteps(turn.id)
            yield* journal.append({
              turn: turn.id,
              step: null,
              role: "assistant",
              model: "",
              parts: [
                {
                  _tag: "Text",
                  origin: "blufio",
                  trusted: true,
                  text: `${partial}\n\n[${summary}]`.trim()
                }
              ]
            })
          })
        )
        const text = partial === "" ? summary : `${partial}\n\n⏹ ${summary}`
        yield* replies.finish(turn, live, "stopped", text, "")
      })

      return Turn.of({
        run: (turn, session) =>
          go(turn, session).pipe(
            Effect.catchDefect((defect) => broke(turn, session, defect)),
            Effect.annotateLogs({ turn: turn.id, session: session.id }),
            Effect.withSpan("Turn.run")
          ),
        stop
      })
    })
  )
}
