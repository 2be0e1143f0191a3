// SPDX-License-Identifier: MIT OR Apache-2.0
/** How long the passphrase takes to open the vault, and a secret to be released. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { performance } from "node:perf_hooks"
import { SecretName } from "../src/domain/secretName.ts"
import * as NodeKeyedHash from "../src/layers/NodeKeyedHash.ts"
import * as Migrations from "../src/layers/sqlite/Migrations.ts"
import * as SqliteAudit from "../src/layers/sqlite/SqliteAudit.ts"
import * as SqliteClient from "../src/layers/sqlite/SqliteClient.ts"
import * as SqliteTransactions from "../src/layers/sqlite/SqliteTransactions.ts"
import * as SqliteVaultStore from "../src/layers/sqlite/SqliteVaultStore.ts"
import * as AesVault from "../src/layers/vault/AesVault.ts"
import { Redactor } from "../src/services/Redactor.ts"
import { Vault } from "../src/services/Vault.ts"
import { spread } from "./statistics.ts"

const runs = 15
const secrets = 20

const database = Layer.mergeAll(
  SqliteVaultStore.layer,
  SqliteTransactions.layer,
  SqliteAudit.layer
).pipe(Layer.provide(Migrations.layer), Layer.provide(SqliteClient.layer({ filename: ":memory:" })))

const layer = AesVault.layer("owner").pipe(
  Layer.provide([database, Redactor.layer]),
  Layer.provide(NodeKeyedHash.layer)
)

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = performance.now()
    yield* effect
    return performance.now() - start
  })

const bytes = (text: string) => new TextEncoder().encode(text)

/** Unlocking is one derivation by Argon2id (64 MiB, 3 passes, 4 lanes) and a look at each secret. */
export const vault = Effect.gen(function* () {
  const { create, get, open, put } = yield* Vault
  yield* create(bytes("a passphrase"))
  for (let index = 0; index < secrets; index++)
    yield* put(SecretName.make(`SECRET_${index}`), bytes(`a value of number ${index}`))
  const unlock = yield* Effect.replicateEffect(timed(open(bytes("a passphrase"))), runs)
  const release = yield* Effect.replicateEffect(timed(get(SecretName.make("SECRET_7"))), 500)
  return { secrets, unlock_ms: spread(unlock), release_ms: spread(release) }
}).pipe(Effect.provide(layer))
