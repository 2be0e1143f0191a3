// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tries a provider's key with the smallest call there is: one token out, reserved and booked as any. */
import type * as AiError from "effect/ai/AiError"
import * as Prompt from "effect/ai/Prompt"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mainAgent, owner, SessionId, TurnId } from "../domain/Ids.ts"
import { ModelCall, type ModelCallError } from "./ModelCall.ts"
import type { Provider } from "./Provider.ts"

/** `isRefused`: another key is needed. Otherwise it could not be found out. */
export class KeyUnproven extends Schema.TaggedError<KeyUnproven>()("KeyUnproven", {
  isRefused: Schema.Boolean,
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

const prompt = Prompt.make("Say OK.")
const limit = "30 seconds"

/** Why nothing could be found out, after the provider's name. */
const hindrances: Readonly<Record<string, string>> = {
  NetworkError: "could not be reached: check the network",
  RateLimitError: "limits how often it may be asked: try later",
  InternalProviderError: "is overloaded or broken: try later"
}

/** One token is no answer, and need not be: that the vendor began one is all we ask. */
const isBegun = ({ reason }: AiError.AiError) => reason._tag === "InvalidOutputError"

export class KeyCheck extends Context.Service<
  KeyCheck,
  {
    /** Fails also when it could not be found out, be it for want of money or of a network. */
    readonly check: (provider: Provider, model: string) => Effect.Effect<void, KeyUnproven>
  }
>()("blufio/services/KeyCheck") {
  static readonly layer = Layer.effect(
    KeyCheck,
    Effect.gen(function* () {
      const modelCall = yield* ModelCall

      const unproven = Effect.fnUntraced(function* (provider: Provider, error: ModelCallError) {
        const problem = error._tag === "AiError" ? yield* provider.problem : Option.none()
        return new KeyUnproven({
          isRefused:
            error._tag === "ProviderNotReady" ||
            (error._tag === "AiError" && error.reason._tag === "AuthenticationError"),
          detail: Option.match(problem, {
            onSome: ({ message }) => message,
            onNone: () =>
              error._tag === "AiError"
                ? `${provider.name} ${hindrances[error.reason._tag] ?? "gave no clear answer"}`
                : error.message
          })
        })
      })

      const check: KeyCheck["Service"]["check"] = Effect.fn("KeyCheck.check")(
        function* (provider, model) {
          // Each check is a turn of its own: together they would use up one turn's budget some day.
          const turn = TurnId.make(`init:${yield* Clock.currentTimeMillis}`)
          yield* modelCall
            .call(
              {
                session: SessionId.make("init"),
                turn,
                agent: mainAgent,
                person: owner,
                purpose: "key_check",
                provider: provider.name,
                model,
                intendedModel: model,
                reasons: [],
                prefixHash: "",
                prompt,
                tools: [],
                maxOutputTokens: 1
              },
              {
                started: Effect.succeed(0),
                delta: () => Effect.void,
                retrying: () => Effect.void,
                finished: () => Effect.void
              }
            )
            .pipe(
              Effect.catchIf(
                (error): error is AiError.AiError => error._tag === "AiError" && isBegun(error),
                () => Effect.void
              ),
              Effect.catch((error) => Effect.flatMap(unproven(provider, error), Effect.fail)),
              Effect.timeoutOrElse({
                duration: limit,
                orElse: () =>
                  Effect.fail(
                    new KeyUnproven({ isRefused: false, detail: `${provider.name} did not answer` })
                  )
              }),
              Effect.asVoid
            )
        }
      )
      return KeyCheck.of({ check })
    })
  )
}
