// SPDX-License-Identifier: MIT OR Apache-2.0
/** The one door to the models (invariant 4): every call has a purpose, a reservation and a ledger row. */
import * as AiError from "effect/ai/AiError"
import type * as Prompt from "effect/ai/Prompt"
import * as Toolkit from "effect/ai/Toolkit"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { promptBound } from "../domain/promptBound.ts"
import { costMicros, Price, priceOf } from "../domain/prices.ts"
import { Budget, type BudgetExceeded } from "./Budget.ts"
import { Ledger, type Reservation } from "./Ledger.ts"
import { accumulator, type ModelAnswer, type ModelDelta } from "./modelAnswer.ts"
import { type Provider, ProviderNotReady, Providers } from "./Provider.ts"
import { retryAfter, wasRefused } from "./provider/Refusal.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"
import type { DescribedTool } from "./Toolbox.ts"

/** No price, no call: add a row to `provider.prices`. */
export class UnknownPrice extends Schema.TaggedError<UnknownPrice>()("UnknownPrice", {
  model: Schema.String
}) {
  override get message(): string {
    return `no price is known for ${this.model}`
  }
}

export type ModelCallError =
  | AiError.AiError
  | BudgetExceeded
  | ProviderNotReady
  | UnknownPrice
  | StoreError

export interface ModelRequest extends Omit<Reservation, "micros" | "price" | "step"> {
  readonly prompt: Prompt.Prompt
  readonly tools: ReadonlyArray<DescribedTool>
  readonly maxOutputTokens: number
}

export interface ModelCallHooks {
  /** Starts the step, in the transaction of the first reservation; answers its id. */
  readonly started: Effect.Effect<number, StoreError>
  readonly delta: (delta: ModelDelta) => Effect.Effect<void>
  /** Another attempt follows after a pause: what was streamed so far is void. */
  readonly retrying: (error: AiError.AiError, afterMillis: number) => Effect.Effect<void>
  /** Finishes the step, in the transaction that settles the cost. */
  readonly finished: (answer: ModelAnswer, step: number) => Effect.Effect<void, StoreError>
}

const encodePrice = Schema.encodeEffect(Schema.fromJsonString(Price))

/** Describes the tools to a model whose calls we carry out ourselves. */
const describe = (tools: ReadonlyArray<DescribedTool>) => ({
  tools: Toolkit.make(...tools).tools,
  handle: () => Effect.die(new Error("tool calls are resolved by the turn"))
})

/** The model ended its stream without saying that it had finished. */
const unfinished = AiError.make({
  module: "ModelCall",
  method: "call",
  reason: new AiError.InvalidOutputError({ description: "the answer broke off" })
})

const firstDelay = Duration.millis(500)
const longestDelay = Duration.seconds(30)

const retrySchedule = (times: number, retrying: ModelCallHooks["retrying"]) =>
  Schedule.exponential(firstDelay).pipe(
    Schedule.setInputType<ModelCallError>(),
    Schedule.upTo({ times }),
    Schedule.jittered,
    Schedule.modifyDelay(({ duration, input }) => {
      if (input._tag !== "AiError") return Effect.succeed(duration)
      const asked = Option.getOrElse(retryAfter(input), () => Duration.zero)
      const delay = Duration.max(asked, Duration.min(duration, longestDelay))
      return Effect.as(retrying(input, Duration.toMillis(delay)), delay)
    })
  )

export class ModelCall extends Context.Service<
  ModelCall,
  {
    /**
     * Asks a model, again where that is worth it; each attempt is reserved and booked on its own.
     * Refused calls are released; when it is not known what was spent, the reservation stays.
     */
    readonly call: (
      request: ModelRequest,
      hooks: ModelCallHooks
    ) => Effect.Effect<ModelAnswer, ModelCallError>
  }
>()("blufio/services/ModelCall") {
  static readonly layer = Layer.effect(
    ModelCall,
    Effect.gen(function* () {
      const budget = yield* Budget
      const ledger = yield* Ledger
      const providers = yield* Providers
      const transactions = yield* Transactions
      const settings = yield* Settings

      const findProvider = (name: string) =>
        Effect.mapError(
          Effect.fromOption(providers.find(name)),
          () => new ProviderNotReady({ provider: name, detail: "no such provider" })
        )

      /** The vendor's free count stands in where the local bound would be refused. */
      const begin = Effect.fnUntraced(function* (
        provider: Provider,
        request: ModelRequest,
        price: Price,
        step: Effect.Effect<number, StoreError>
      ) {
        const { maxOutputTokens, model, prompt, tools } = request
        const encoded = yield* Effect.orDie(encodePrice(price))
        const within = (bound: number) =>
          step.pipe(
            Effect.flatMap((id) =>
              budget
                .reserve(
                  { ...request, step: id, price: encoded },
                  { price, promptBound: bound, maxOutputTokens }
                )
                .pipe(Effect.map((held) => ({ ...held, step: id })))
            ),
            transactions.atomically
          )
        return yield* within(promptBound(prompt, tools)).pipe(
          Effect.catchTag("BudgetExceeded", (refusal) =>
            Effect.flatMap(
              provider.countTokens({ model, prompt, tools }),
              Option.match({ onNone: () => Effect.fail(refusal), onSome: within })
            )
          )
        )
      })

      const stream = Effect.fnUntraced(function* (
        provider: Provider,
        request: ModelRequest,
        maxOutputTokens: number,
        hooks: ModelCallHooks
      ) {
        const { model, prompt, tools } = request
        const languageModel = yield* provider.languageModel({ model, maxOutputTokens })
        const gathered = accumulator(model)
        yield* languageModel
          .streamText({
            prompt,
            toolkit: describe(tools),
            disableToolCallResolution: true,
            toolCallValidation: "deferred"
          })
          .pipe(
            Stream.runForEach((part) => {
              const delta = gathered.push(part)
              return delta === undefined ? Effect.void : hooks.delta(delta)
            })
          )
        const answer = gathered.answer()
        return Option.isSome(answer) ? answer.value : yield* unfinished
      })

      const book = Effect.fnUntraced(function* (
        held: { readonly id: number; readonly step: number },
        price: Price,
        exit: Exit.Exit<ModelAnswer, AiError.AiError | ProviderNotReady>,
        hooks: ModelCallHooks
      ) {
        if (Exit.isSuccess(exit)) {
          const answer = exit.value
          const settled = Option.match(answer.usage, {
            onNone: () => ledger.keep(held.id, answer.finish),
            onSome: (usage) =>
              ledger.settle(held.id, costMicros(price, usage), usage, answer.finish)
          })
          // An answer that cannot be kept has been paid for all the same.
          return yield* transactions
            .atomically(Effect.andThen(settled, hooks.finished(answer, held.step)))
            .pipe(Effect.onError(() => Effect.ignore(settled)))
        }
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        if (error === undefined) return yield* ledger.keep(held.id, "interrupted")
        const outcome = error._tag === "AiError" ? error.reason._tag : error._tag
        const refused = error._tag === "ProviderNotReady" || wasRefused(error)
        return yield* refused ? ledger.release(held.id, outcome) : ledger.keep(held.id, outcome)
      })

      const call = Effect.fn("ModelCall.call")(function* (
        request: ModelRequest,
        hooks: ModelCallHooks
      ) {
        const provider = yield* findProvider(request.provider)
        const price = Option.getOrUndefined(priceOf(request.model, settings.provider.prices))
        if (price === undefined) return yield* new UnknownPrice({ model: request.model })
        const step = yield* Ref.make<number | undefined>(undefined)
        const startOnce = Ref.get(step).pipe(
          Effect.filterOrElse(Predicate.isNotUndefined, () => hooks.started)
        )
        const attempt = Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const held = yield* restore(begin(provider, request, price, startOnce))
            yield* Ref.set(step, held.step)
            const exit = yield* Effect.exit(
              restore(stream(provider, request, held.maxOutputTokens, hooks))
            )
            yield* book(held, price, exit, hooks)
            return yield* exit
          })
        )
        return yield* Effect.retry(attempt, {
          schedule: retrySchedule(provider.maxRetries, hooks.retrying),
          while: (error) => error._tag === "AiError" && error.isRetryable
        })
      })

      return ModelCall.of({ call })
    })
  )
}
