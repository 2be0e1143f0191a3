// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: where keys come from. Values are `Redacted` and never leave it in the clear. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { SecretName } from "../domain/secretName.ts"

export class Secrets extends Context.Service<
  Secrets,
  {
    /** None when it is not known, and while the vault that may hold it is locked. */
    readonly get: (name: SecretName) => Effect.Effect<Option.Option<Redacted.Redacted>>
    /** Whether `get` would find it; nothing is released, and no use noted. */
    readonly isKnown: (name: SecretName) => Effect.Effect<boolean>
  }
>()("blufio/services/Secrets") {}
