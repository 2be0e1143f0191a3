// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets from the environment. An empty variable is one that is not set. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { SecretName, Secrets } from "../services/Secrets.ts"

const make = Effect.gen(function* () {
  const held = new Map<SecretName, Redacted.Redacted>()
  for (const name of SecretName.literals) {
    const value = yield* Config.option(Config.Redacted(name))
    if (Option.isSome(value) && Redacted.value(value.value).trim() !== "")
      held.set(name, Redacted.make(Redacted.value(value.value).trim(), { label: name }))
  }
  return Secrets.of({ get: (name) => Effect.succeed(Option.fromUndefinedOr(held.get(name))) })
})

export const layer = Layer.effect(Secrets, Effect.orDie(make))
