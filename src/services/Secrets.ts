// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: where keys come from. Values are `Redacted` and never leave it in the clear. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** A secret's name is that of its environment variable. */
export const SecretName = Schema.Literals(["ANTHROPIC_API_KEY", "TELEGRAM_BOT_TOKEN"])
export type SecretName = typeof SecretName.Type

export class Secrets extends Context.Service<
  Secrets,
  {
    readonly get: (name: SecretName) => Effect.Effect<Option.Option<Redacted.Redacted>>
  }
>()("blufio/services/Secrets") {}
