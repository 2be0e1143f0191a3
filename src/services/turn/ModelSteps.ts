// SPDX-License-Identifier: MIT OR Apache-2.0
/** One model step of a turn: assemble, call, and keep the answer with its cost. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { mapStrings } from "../../domain/mapStrings.ts"
import type { Part } from "../../domain/Message.ts"
import type { Routing } from "../../domain/router/Routing.ts"
import type { Purpose } from "../../domain/Purpose.ts"
import type { Step, Turn } from "../../domain/Turn.ts"
import { promptTokens } from "../../domain/prices.ts"
import { Compactor, type MessageTooLong } from "../Compactor.ts"
import { ContextEngine } from "../ContextEngine.ts"
import { Journal } from "../Journal.ts"
import { ModelCall, type ModelCallError } from "../ModelCall.ts"
import type { ModelAnswer } from "../modelAnswer.ts"
import { Redactor } from "../Redactor.ts"
import { Transactions } from "../Store.ts"
import type { Live } from "./Live.ts"
import { RoutedCall } from "./RoutedCall.ts"

/** Asked for per answer; the budget may allow less. */
const maxOutputTokens = 8192

/** What the person is told when an answer ended before its end. */
const endings: Partial<Record<ModelAnswer["finish"], string>> = {
  length: "⚠️ (Cut off: the answer reached its length limit. Ask me to go on.)",
  "content-filter": "⚠️ (The model declined to answer this. Put it differently.)"
}

/** All that a scheduled job asks is booked as the job's. */
const purposeOf = ({ purpose }: Turn, steps: ReadonlyArray<Step>): Purpose => {
  if (purpose === "cron") return "cron"
  return steps.some((step) => step.kind === "tool") ? "tool_follow_up" : "chat"
}

export class ModelSteps extends Context.Service<
  ModelSteps,
  {
    readonly run: (
      turn: Turn,
      live: Live,
      steps: ReadonlyArray<Step>,
      said: string
    ) => Effect.Effect<void, ModelCallError | MessageTooLong>
  }
>()("blufio/services/turn/ModelSteps") {
  static readonly layer = Layer.effect(
    ModelSteps,
    Effect.gen(function* () {
      const compactor = yield* Compactor
      const context = yield* ContextEngine
      const journal = yield* Journal
      const modelCall = yield* ModelCall
      const redactor = yield* Redactor
      const routed = yield* RoutedCall
      const transactions = yield* Transactions

      /** Thinking goes back as its signature has it, or not at all. */
      const scrub = (part: Part): ReadonlyArray<Part> => {
        switch (part._tag) {
          case "Text":
            return [{ ...part, text: redactor.outbound(part.text) }]
          case "Reasoning":
            return redactor.outbound(part.text) === part.text ? [part] : []
          case "ToolCall": {
            const name = redactor.outbound(part.name).replaceAll(/[^\w-]/g, "_")
            return [{ ...part, name, params: mapStrings(part.params, redactor.outbound) }]
          }
          default:
            return [part]
        }
      }

      const keep = (turn: Turn, answer: ModelAnswer, step: number) => {
        const ending = endings[answer.finish]
        const parts = answer.parts.flatMap(scrub)
        const note =
          ending === undefined
            ? []
            : [{ _tag: "Text" as const, origin: "blufio" as const, trusted: true, text: ending }]
        return Effect.andThen(
          journal.append({
            turn: turn.id,
            step,
            role: "assistant",
            parts: [...parts, ...note],
            model: answer.model
          }),
          journal.endStep(step, "finished", answer.finish)
        )
      }

      const learn = ({ model, usage }: ModelAnswer, estimated: number) =>
        Option.match(usage, {
          onNone: () => Effect.void,
          onSome: (counted) => context.learn(model, estimated, promptTokens(counted))
        })

      const run = Effect.fn("ModelSteps.run")(function* (
        turn: Turn,
        live: Live,
        steps: ReadonlyArray<Step>,
        said: string
      ) {
        const call = Effect.fnUntraced(function* (routing: Routing) {
          const { intendedModel, model, provider, reasons } = routing
          const assembling = yield* Clock.currentTimeMillis
          const prepared = yield* compactor.fit(turn, model)
          yield* live.begin(said)
          const started = transactions.atomically(
            Effect.gen(function* () {
              yield* journal.loseStartedSteps(turn.id)
              yield* journal.enter(turn.id, "assembling", assembling)
              yield* journal.enter(turn.id, "calling")
              return yield* journal.startStep({
                turn: turn.id,
                kind: "model",
                name: model,
                callId: "",
                idempotent: true,
                context: prepared.context
              })
            })
          )
          yield* modelCall.call(
            {
              session: turn.session,
              turn: turn.id,
              agent: turn.agent,
              person: turn.person,
              purpose: purposeOf(turn, steps),
              provider,
              model,
              intendedModel,
              reasons,
              prefixHash: context.prefixHash,
              prompt: prepared.prompt,
              tools: context.tools,
              maxOutputTokens
            },
            {
              started,
              delta: (delta) =>
                delta._tag === "Text" ? live.text(delta.text) : live.thinking(delta.text),
              retrying: (error, afterMillis) =>
                Effect.logWarning("the model is asked again").pipe(
                  Effect.annotateLogs({ error: error.reason._tag, afterMillis, turn: turn.id }),
                  Effect.andThen(live.retrying("the model is busy, trying again", afterMillis))
                ),
              finished: (answer, step) =>
                Effect.andThen(keep(turn, answer, step), learn(answer, prepared.unlearnt))
            }
          )
        })
        yield* routed.ask(turn, call, (reason) => live.retrying(reason, 0))
        yield* live.end
      })

      return ModelSteps.of({ run })
    })
  )
}
