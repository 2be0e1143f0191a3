// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { SealedSecret, VaultHeader } from "../../domain/vault.ts"
import { VaultStore } from "../../services/VaultStore.ts"
import { rows, run } from "./query.ts"

const Id = Schema.Struct({ id: Schema.Int })
const Name = Schema.Struct({ name: Schema.String })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return VaultStore.of({
    header: Effect.map(
      rows(
        "read the vault",
        VaultHeader,
        sql`SELECT salt, memory_kib AS "memoryKib", passes, parallelism, nonce,
          wrapped_key AS "wrappedKey", digest, created_at AS "createdAt",
          changed_at AS "changedAt" FROM vault WHERE id = 1`
      ),
      Arr.head
    ),
    putHeader: (header, replaces) =>
      Effect.map(
        rows(
          "write the vault",
          Id,
          Option.match(replaces, {
            onNone: () =>
              sql`INSERT INTO vault (id, salt, memory_kib, passes, parallelism, nonce, wrapped_key,
                  digest, created_at, changed_at)
                SELECT 1, ${header.salt}, ${header.memoryKib}, ${header.passes},
                  ${header.parallelism}, ${header.nonce}, ${header.wrappedKey}, ${header.digest},
                  ${header.createdAt}, ${header.changedAt}
                WHERE NOT EXISTS (SELECT 1 FROM secrets)
                ON CONFLICT (id) DO NOTHING RETURNING id`,
            onSome: (digest) =>
              sql`UPDATE vault SET salt = ${header.salt}, memory_kib = ${header.memoryKib},
                  passes = ${header.passes}, parallelism = ${header.parallelism},
                  nonce = ${header.nonce}, wrapped_key = ${header.wrappedKey},
                  digest = ${header.digest}, created_at = ${header.createdAt},
                  changed_at = ${header.changedAt}
                WHERE id = 1 AND digest = ${digest} RETURNING id`
          })
        ),
        Arr.isReadonlyArrayNonEmpty
      ),
    clear: run("drop the secrets", sql`DELETE FROM secrets`).pipe(
      Effect.andThen(run("drop the vault", sql`DELETE FROM vault`))
    ),
    secrets: rows(
      "read the secrets",
      SealedSecret,
      sql`SELECT name, version, nonce, ciphertext, created_at AS "createdAt",
        updated_at AS "updatedAt", last_used_at AS "lastUsedAt" FROM secrets ORDER BY name`
    ),
    put: (secret) =>
      run(
        "store a secret",
        sql`INSERT INTO secrets (name, version, nonce, ciphertext, created_at, updated_at,
            last_used_at)
          VALUES (${secret.name}, ${secret.version}, ${secret.nonce}, ${secret.ciphertext},
            ${secret.createdAt}, ${secret.updatedAt}, ${secret.lastUsedAt})
          ON CONFLICT (name) DO UPDATE SET version = excluded.version, nonce = excluded.nonce,
            ciphertext = excluded.ciphertext, updated_at = excluded.updated_at,
            last_used_at = excluded.last_used_at`
      ),
    remove: (name) =>
      Effect.map(
        rows("remove a secret", Name, sql`DELETE FROM secrets WHERE name = ${name} RETURNING name`),
        Arr.isReadonlyArrayNonEmpty
      ),
    used: (name, at) =>
      run("note a use", sql`UPDATE secrets SET last_used_at = ${at} WHERE name = ${name}`)
  })
})

export const layer = Layer.effect(VaultStore, make)
