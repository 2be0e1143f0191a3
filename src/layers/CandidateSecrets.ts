// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets while Blufio is set up: a value that is being tried, else the vault's. The environment waits. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { SecretName } from "../domain/secretName.ts"
import { Redactor } from "../services/Redactor.ts"
import { Secrets } from "../services/Secrets.ts"
import { Vault } from "../services/Vault.ts"
import { fromVault } from "./VaultSecrets.ts"

export class Candidates extends Context.Service<
  Candidates,
  {
    /** Runs `use` with this value in the place of the stored one. */
    readonly trying: <A, E, R>(
      name: SecretName,
      value: Redacted.Redacted,
      use: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E, R>
  }
>()("blufio/layers/CandidateSecrets/Candidates") {}

export const layer = Layer.effectContext(
  Effect.gen(function* () {
    const redactor = yield* Redactor
    const stored = fromVault(yield* Vault)
    const candidates = new Map<SecretName, Redacted.Redacted>()
    const secrets = Secrets.of({
      isKnown: (name) =>
        Effect.suspend(() => (candidates.has(name) ? Effect.succeed(true) : stored.isKnown(name))),
      get: (name) =>
        Effect.suspend(() => {
          const candidate = candidates.get(name)
          return candidate === undefined ? stored.get(name) : Effect.succeedSome(candidate)
        })
    })
    const trying: Candidates["Service"]["trying"] = (name, value, use) =>
      Effect.suspend(() => {
        redactor.learn(name, value)
        candidates.set(name, value)
        return Effect.ensuring(
          use,
          Effect.sync(() => candidates.delete(name))
        )
      })
    return Context.make(Secrets, secrets).pipe(Context.add(Candidates, { trying }))
  })
)
