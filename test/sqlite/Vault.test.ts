// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every byte of the vault's rows is changed once, and each time the row is named. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { SecretName } from "../../src/domain/secretName.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteAudit from "../../src/layers/sqlite/SqliteAudit.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import * as SqliteTransactions from "../../src/layers/sqlite/SqliteTransactions.ts"
import * as SqliteVaultStore from "../../src/layers/sqlite/SqliteVaultStore.ts"
import * as AesVault from "../../src/layers/vault/AesVault.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Vault } from "../../src/services/Vault.ts"

const layer = AesVault.layer("owner").pipe(
  Layer.provide([SqliteVaultStore.layer, SqliteTransactions.layer, SqliteAudit.layer]),
  Layer.provide(Redactor.layer),
  Layer.provide(NodeKeyedHash.layer),
  Layer.provideMerge(
    Layer.provideMerge(Migrations.layer, SqliteClient.layer({ filename: ":memory:" }))
  )
)

const bytes = (text: string) => new TextEncoder().encode(text)
const passphrase = () => bytes("a passphrase")
const name = SecretName.make("SOME_KEY")

const flips = (value: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from(value, (_, at) => value.map((byte, index) => (index === at ? byte ^ 0x40 : byte)))

describe("the vault's rows", () => {
  it.effect("of its own: any byte changed is damage, before any derivation", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const vault = yield* Vault
      yield* vault.create(passphrase())
      const [row] = yield* sql<Record<string, Uint8Array>>`SELECT * FROM vault`
      let tried = 0
      for (const column of ["salt", "nonce", "wrapped_key", "digest"]) {
        const value = row![column]!
        for (const changed of flips(value)) {
          yield* sql`UPDATE vault SET ${sql(column)} = ${changed}`
          assert.strictEqual((yield* Effect.flip(vault.open(passphrase())))._tag, "VaultDamaged")
          tried++
        }
        yield* sql`UPDATE vault SET ${sql(column)} = ${value}`
      }
      assert.strictEqual(tried, 16 + 12 + 48 + 32)
      yield* vault.open(passphrase())
      assert.strictEqual((yield* Effect.flip(vault.open(bytes("another"))))._tag, "WrongPassphrase")
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a secret: any byte changed, cut or added is found, and nothing is released", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const vault = yield* Vault
      yield* vault.create(passphrase())
      yield* vault.put(name, bytes("a value of some length"))
      const [row] = yield* sql<Record<string, Uint8Array>>`SELECT nonce, ciphertext FROM secrets`
      for (const [column, value] of Object.entries(row!)) {
        const cuts = [value.slice(1), value.slice(0, -1), Buffer.concat([value, Buffer.of(0)])]
        for (const changed of [...flips(value), ...cuts, new Uint8Array(0)]) {
          yield* sql`UPDATE secrets SET ${sql(column)} = ${changed}`
          assert.deepEqual(yield* vault.damaged, [name])
          assert.strictEqual((yield* Effect.flip(vault.get(name)))._tag, "VaultDamaged")
        }
        yield* sql`UPDATE secrets SET ${sql(column)} = ${value}`
      }
      const value = yield* vault.get(name)
      assert.strictEqual(
        Option.getOrUndefined(Option.map(value, Redacted.value)),
        "a value of some length"
      )
    }).pipe(Effect.provide(layer))
  )

  it.effect.prop(
    "any value comes back as it was, under a nonce of its own",
    [Schema.NonEmptyString],
    ([text]) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const vault = yield* Vault
        if ((yield* vault.state) === "absent") yield* vault.create(passphrase())
        const nonces = new Set<string>()
        for (let version = 1; version <= 3; version++) {
          assert.strictEqual(yield* vault.put(name, bytes(text)), version)
          const [row] = yield* sql<{ nonce: Uint8Array }>`SELECT nonce FROM secrets`
          nonces.add(Buffer.from(row!.nonce).toString("hex"))
        }
        assert.strictEqual(nonces.size, 3)
        const value = yield* vault.get(name)
        assert.strictEqual(
          Option.getOrUndefined(Option.map(value, Redacted.value)),
          new TextDecoder().decode(bytes(text))
        )
      }).pipe(Effect.provide(layer)),
    { arbitrary: { runs: 10 } }
  )
})
