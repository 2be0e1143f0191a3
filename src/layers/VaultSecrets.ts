// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets from the environment or else from the vault, looked up at each use. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import {
  anthropicKey,
  type SecretName,
  telegramToken,
  transcriptionKey
} from "../domain/secretName.ts"
import { Redactor } from "../services/Redactor.ts"
import { Secrets } from "../services/Secrets.ts"
import { Vault } from "../services/Vault.ts"

/** An empty variable is one that is not set. */
const fromEnvironment = Effect.gen(function* () {
  const redactor = yield* Redactor
  const held = new Map<SecretName, Redacted.Redacted>()
  for (const name of [anthropicKey, telegramToken, transcriptionKey]) {
    const value = yield* Config.option(Config.Redacted(name))
    if (Option.isNone(value)) continue
    const text = Redacted.value(value.value).trim()
    if (text === "") continue
    const secret = Redacted.make(text, { label: name })
    held.set(name, secret)
    redactor.learn(name, secret)
  }
  return held
})

/** A value that cannot be had is told in the log, and is none. */
export const fromVault = (vault: Vault["Service"]): Secrets["Service"] => {
  const isIntact = Effect.fnUntraced(function* (name: SecretName) {
    const damaged = yield* vault.damaged
    return (yield* vault.list).some((row) => row.name === name) && !damaged.includes(name)
  })
  return {
    isKnown: (name) => Effect.orElseSucceed(isIntact(name), () => false),
    get: (name) =>
      vault.get(name).pipe(
        Effect.catchTags({
          VaultLocked: () => Effect.succeedNone,
          VaultDamaged: () => Effect.succeedNone,
          StoreError: (error) =>
            Effect.as(Effect.logError("a secret cannot be read", error), Option.none())
        })
      )
  }
}

const make = Effect.gen(function* () {
  const stored = fromVault(yield* Vault)
  const environment = yield* Effect.orDie(fromEnvironment)
  return Secrets.of({
    isKnown: (name) => (environment.has(name) ? Effect.succeed(true) : stored.isKnown(name)),
    get: (name) => {
      const held = environment.get(name)
      return held === undefined ? stored.get(name) : Effect.succeedSome(held)
    }
  })
})

export const layer = Layer.effect(Secrets, make)
