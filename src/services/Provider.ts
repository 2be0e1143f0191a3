// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: who runs models. An adapter wraps a vendor as `effect/ai` `LanguageModel`s, by model id. */
import type * as LanguageModel from "effect/ai/LanguageModel"
import type * as Prompt from "effect/ai/Prompt"
import type * as Tool from "effect/ai/Tool"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Models } from "../domain/router/Tier.ts"

/** The provider cannot be used until a person does something: `detail` says what. */
export class ProviderNotReady extends Schema.TaggedError<ProviderNotReady>()("ProviderNotReady", {
  provider: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.provider}: ${this.detail}`
  }
}

export interface Provider {
  readonly name: string
  /** The model that an ordinary turn uses. */
  readonly model: string
  /** The models of the router's tiers; left out: `model` answers everything. */
  readonly models?: Models
  /** How often `ModelCall` may try again after a failure that is worth it. */
  readonly maxRetries: number
  /**
   * A model, bound to an output limit in tokens. It makes exactly one request per call: no retries
   * inside, tool calls are left to the caller. Interruption aborts the request. Failures are
   * `AiError`s whose reason says whether another try is worth it and after how long.
   */
  readonly languageModel: (options: {
    readonly model: string
    readonly maxOutputTokens: number
  }) => Effect.Effect<LanguageModel.LanguageModel, ProviderNotReady>
  /** The vendor's own free count of a prompt's tokens; fails when it cannot be had. */
  readonly countTokens: (options: {
    readonly model: string
    readonly prompt: Prompt.Prompt
    readonly tools: ReadonlyArray<Tool.Any>
  }) => Effect.Effect<Option.Option<number>>
  /** `None` when usable as far as is known; otherwise what a person has to do. */
  readonly problem: Effect.Effect<Option.Option<ProviderNotReady>>
}

/** The providers by name, and the one that the settings chose. */
export class Providers extends Context.Service<
  Providers,
  {
    readonly names: ReadonlyArray<string>
    readonly find: (name: string) => Option.Option<Provider>
    readonly chosen: Provider
  }
>()("blufio/services/Provider/Providers") {}
