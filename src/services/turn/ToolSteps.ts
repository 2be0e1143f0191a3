// SPDX-License-Identifier: MIT OR Apache-2.0
/** One tool step of a turn. What is not idempotent runs at most once, unless the person says so. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { clip } from "../../domain/promptEstimate.ts"
import { choicesFor, questionName } from "../../domain/question.ts"
import { spokenDuration } from "../../domain/spokenDuration.ts"
import type { ToolCall } from "../../domain/Message.ts"
import type { Step, Turn } from "../../domain/Turn.ts"
import { Audit } from "../Audit.ts"
import { Journal } from "../Journal.ts"
import { Redactor } from "../Redactor.ts"
import { Settings } from "../Settings.ts"
import { type StoreError, Transactions } from "../Store.ts"
import { Toolbox, ToolFailed } from "../Toolbox.ts"
import type { Live } from "./Live.ts"
import { Replies } from "./Replies.ts"

/** Silence for this long means no. */
const answerWithin = Duration.hours(1)

/** How much of a tool's answer a model is shown at most, in tokens; and its share of the window. */
const resultTokens = 17_000
const resultShare = 0.2

const cutTo = (tokens: number) => (text: string) => {
  const shown = clip(text, tokens)
  return shown.length === text.length
    ? text
    : `${shown}\n[cut: ${text.length - shown.length} characters more]`
}

export class ToolSteps extends Context.Service<
  ToolSteps,
  {
    readonly run: (turn: Turn, live: Live, call: ToolCall) => Effect.Effect<void, StoreError>
    /** Leaves out a call that may already have happened, and tells the model so. */
    readonly skip: (turn: Turn, call: ToolCall, step: Step) => Effect.Effect<void, StoreError>
    /** Parks the turn with a question about a call that may already have happened. */
    readonly ask: (
      turn: Turn,
      live: Live,
      call: ToolCall,
      step: Step
    ) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/turn/ToolSteps") {
  static readonly layer = Layer.effect(
    ToolSteps,
    Effect.gen(function* () {
      const audit = yield* Audit
      const journal = yield* Journal
      const redactor = yield* Redactor
      const replies = yield* Replies
      const toolbox = yield* Toolbox
      const transactions = yield* Transactions
      const { context } = yield* Settings
      const cut = cutTo(Math.min(resultTokens, Math.floor(context.window_tokens * resultShare)))

      const result = (
        turn: Turn,
        step: number,
        call: ToolCall,
        answer: { readonly text: string; readonly isFailure: boolean; readonly trusted: boolean }
      ) =>
        journal.append({
          turn: turn.id,
          step,
          role: "tool",
          model: "",
          parts: [
            {
              _tag: "ToolResult",
              origin: answer.trusted ? "blufio" : "tool",
              trusted: answer.trusted,
              id: call.id,
              name: call.name,
              isFailure: answer.isFailure,
              text: cut(redactor.toolResult(answer.text))
            }
          ]
        })

      const unknownTool = (name: string) =>
        new ToolFailed({ detail: `There is no tool named ${name}.` })

      const run = Effect.fn("ToolSteps.run")(function* (turn: Turn, live: Live, call: ToolCall) {
        const { definition, name, params } = toolbox.resolve(call)
        const step = yield* transactions.atomically(
          Effect.gen(function* () {
            yield* journal.loseStartedSteps(turn.id)
            yield* journal.enter(turn.id, "tools")
            return yield* journal.startStep({
              turn: turn.id,
              kind: "tool",
              name,
              callId: call.id,
              idempotent: Option.exists(definition, ({ idempotent }) => idempotent)
            })
          })
        )
        yield* live.tool(name, "started")
        const work = Option.match(definition, {
          onNone: () => Effect.fail(unknownTool(name)),
          onSome: (found) => found.run(params, { turn, chat: live.address.chat, callId: call.id })
        })
        const answer = yield* work.pipe(
          Effect.catchDefect((defect) =>
            Effect.logError("a tool broke", defect).pipe(
              Effect.annotateLogs({ tool: name }),
              Effect.andThen(new ToolFailed({ detail: `The tool ${name} broke.` }))
            )
          ),
          Effect.match({
            onSuccess: (text) => ({
              text,
              isFailure: false,
              trusted: Option.exists(definition, ({ trusted }) => trusted)
            }),
            onFailure: ({ detail }) => ({ text: detail, isFailure: true, trusted: false })
          })
        )
        yield* transactions.atomically(
          Effect.andThen(
            result(turn, step, call, answer),
            journal.endStep(step, "finished", answer.isFailure ? "failed" : "ok")
          ).pipe(
            Effect.andThen(
              audit.record({
                action: "tool.finished",
                actor: turn.person,
                subject: name,
                outcome: answer.isFailure ? "failed" : "ok",
                detail: { turn: turn.id, step }
              })
            )
          )
        )
        yield* live.tool(name, answer.isFailure ? "failed" : "finished")
      })

      return ToolSteps.of({
        run,
        skip: (turn, call, step) =>
          transactions.atomically(
            Effect.andThen(
              journal.endStep(step.id, "lost", "not run again"),
              result(turn, step.id, call, {
                text: "Not known whether this was done: Blufio was interrupted while it ran. It was not run again.",
                isFailure: true,
                trusted: true
              })
            )
          ),
        ask: Effect.fn("ToolSteps.ask")(function* (turn, live, call, step) {
          const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(answerWithin)
          const question =
            `I was interrupted while the tool ${step.name} ran, and do not know whether it finished. ` +
            "/approve runs it again, /deny goes on without it, /stop ends this. " +
            `Without an answer within ${spokenDuration(Duration.toMillis(answerWithin))} I go on without it.`
          const name = questionName(turn.id, step.id)
          yield* live.close
          yield* transactions.atomically(
            Effect.andThen(
              journal.ask(
                turn.id,
                {
                  _tag: "UnclearTool",
                  step: step.id,
                  callId: call.id,
                  tool: step.name,
                  answer: null
                },
                expiresAt
              ),
              replies.queue(live, question, { question: name, choices: choicesFor(name) })
            )
          )
          yield* replies.deliver(live, question)
        })
      })
    })
  )
}
