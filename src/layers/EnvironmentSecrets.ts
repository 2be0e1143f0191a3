// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets from the environment. An empty variable is one that is not set. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { anthropicKey, type SecretName, telegramToken } from "../domain/secretName.ts"
import { Redactor } from "../services/Redactor.ts"
import { Secrets } from "../services/Secrets.ts"

const make = Effect.gen(function* () {
  const redactor = yield* Redactor
  const held = new Map<SecretName, Redacted.Redacted>()
  for (const name of [anthropicKey, telegramToken]) {
    const value = yield* Config.option(Config.Redacted(name))
    if (Option.isNone(value)) continue
    const text = Redacted.value(value.value).trim()
    if (text === "") continue
    const secret = Redacted.make(text, { label: name })
    held.set(name, secret)
    redactor.learn(name, secret)
  }
  return Secrets.of({ get: (name) => Effect.succeed(Option.fromUndefinedOr(held.get(name))) })
})

export const layer = Layer.effect(Secrets, Effect.orDie(make))
