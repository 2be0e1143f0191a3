// SPDX-License-Identifier: MIT OR Apache-2.0
/** Asks the model that the router chose; another one when that is overloaded or too dear just now. */
import type * as AiError from "effect/ai/AiError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Result from "effect/Result"
import { formatMicros } from "../../domain/money.ts"
import type { Routing } from "../../domain/router/Routing.ts"
import type { Turn } from "../../domain/Turn.ts"
import type { BudgetExceeded } from "../Budget.ts"
import type { MessageTooLong } from "../Compactor.ts"
import type { ModelCallError } from "../ModelCall.ts"
import { isOverloaded, retryAfter } from "../provider/Refusal.ts"
import { Router } from "../Router.ts"

/** After a call that failed in spite of its retries; then one call tries whether the model is back. */
const openDuration = "1 minute"
const maxOpenDuration = "10 minutes"

type StepError = ModelCallError | MessageTooLong

type Failure =
  | { readonly _tag: "Overloaded"; readonly error: AiError.AiError }
  | { readonly _tag: "TooDear"; readonly error: BudgetExceeded }
  /** It was overloaded a moment ago: it is not asked. */
  | { readonly _tag: "Skipped" }

const why = (failure: Failure, model: string): string => {
  switch (failure._tag) {
    case "Overloaded":
      return `${model} is overloaded (${failure.error.reason._tag})`
    case "TooDear":
      return `the budget does not cover ${model} (up to ${formatMicros(failure.error.neededMicros)})`
    case "Skipped":
      return `${model} was overloaded a moment ago`
  }
}

/** Only a model's own failures count: a refusing budget or a wrong key says nothing about it. */
const classify = (exit: Exit.Exit<unknown, StepError>): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  const error = Option.getOrUndefined(Exit.findErrorOption(exit))
  if (error?._tag !== "AiError" || !isOverloaded(error)) return CircuitBreaker.ignored
  return CircuitBreaker.failure({ retryAfter: Option.getOrUndefined(retryAfter(error)) })
}

export class RoutedCall extends Context.Service<
  RoutedCall,
  {
    /** `changing`: another model is asked from here on; what was streamed is void. */
    readonly ask: <A>(
      turn: Turn,
      call: (routing: Routing) => Effect.Effect<A, StepError>,
      changing: (reason: string) => Effect.Effect<void>
    ) => Effect.Effect<A, StepError>
  }
>()("blufio/services/turn/RoutedCall") {
  static readonly layer = Layer.effect(
    RoutedCall,
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.CircuitBreaker
      const router = yield* Router

      const attempt = <A>(
        call: Effect.Effect<A, StepError>,
        model: string
      ): Effect.Effect<Result.Result<A, Failure>, StepError> =>
        breaker.execute(call, { key: model, classify }).pipe(
          Effect.map((answer): Result.Result<A, Failure> => Result.succeed(answer)),
          Effect.catchTags({
            AiError: (error) =>
              isOverloaded(error)
                ? Effect.succeed(Result.fail<Failure>({ _tag: "Overloaded", error }))
                : Effect.fail(error),
            BudgetExceeded: (error) =>
              Effect.succeed(Result.fail<Failure>({ _tag: "TooDear", error })),
            CircuitBreakerError: () => Effect.succeed(Result.fail<Failure>({ _tag: "Skipped" }))
          })
        )

      const ask: RoutedCall["Service"]["ask"] = Effect.fn("RoutedCall.ask")(
        function* (turn, call, changing) {
          const first = yield* router.route(turn)
          const tried = new Set<string>()
          let routing = first
          let overload: AiError.AiError | undefined
          let refusal: BudgetExceeded | undefined
          while (true) {
            const { model } = routing
            tried.add(model)
            const result = yield* attempt(call(routing), model)
            if (Result.isSuccess(result)) return result.success
            const { failure } = result
            if (failure._tag === "Overloaded") overload ??= failure.error
            if (failure._tag === "TooDear") refusal = failure.error
            const { cheaper, dearer } = router.others(model)
            const candidates = failure._tag === "TooDear" ? cheaper : [...cheaper, ...dearer]
            const next = candidates.find((id) => !tried.has(id))
            if (next === undefined) break
            const reason = `${why(failure, model)}: ${next} is asked instead`
            yield* Effect.logWarning("another model is asked").pipe(
              Effect.annotateLogs({ turn: turn.id, model, next, cause: failure._tag })
            )
            yield* changing(reason)
            routing = yield* router.fallBack(turn, routing, next, reason)
          }
          if (overload !== undefined) return yield* overload
          if (refusal !== undefined) return yield* refusal
          // Every model was overloaded a moment ago: better to ask than to refuse unasked.
          if (routing === first) return yield* call(first)
          const reason = `no other model is well: ${first.model} is asked after all`
          return yield* call(yield* router.fallBack(turn, routing, first.model, reason))
        }
      )

      return RoutedCall.of({ ask })
    })
  ).pipe(
    Layer.provide(
      CircuitBreaker.layer({
        tripPolicy: CircuitBreaker.consecutive(1),
        openDuration,
        maxOpenDuration
      })
    ),
    Layer.provide(CircuitBreaker.layerStoreMemory())
  )
}
