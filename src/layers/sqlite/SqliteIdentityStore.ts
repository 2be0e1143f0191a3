// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { ApiKey, Device, Scopes } from "../../domain/identity.ts"
import { IdentityStore } from "../../services/IdentityStore.ts"
import { json, rows, run } from "./query.ts"

const ScopesJson = Schema.fromJsonString(Scopes)
const StoredDevice = Schema.Struct({ ...Device.fields, scopes: ScopesJson })
const StoredKey = Schema.Struct({ ...ApiKey.fields, scopes: ScopesJson })
const Code = Schema.Struct({ name: Schema.String, scopes: ScopesJson })
const Waiting = Schema.Struct({ ...Code.fields, id: Schema.String, expiresAt: Schema.Int })
const Name = Schema.Struct({ name: Schema.String })
const encodeScopes = json(Scopes)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const times = `created_at AS "createdAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"`
  const deviceColumns = sql.literal(`id, name, public_key AS "publicKey", scopes, ${times}`)
  const keyColumns = sql.literal(`id, name, hash, scopes, ${times}`)

  /** The beginning of its hash: enough to name it. */
  const codeId = sql.literal(`'code-' || lower(substr(hex(code_hash), 1, 8))`)

  return IdentityStore.of({
    daemonName: (fresh) =>
      Effect.map(
        rows(
          "name the daemon",
          Name,
          sql`INSERT INTO daemon (id, name) VALUES (1, ${fresh})
            ON CONFLICT (id) DO UPDATE SET name = name RETURNING name`
        ),
        (found) => found[0]!.name
      ),
    devices: rows(
      "list devices",
      StoredDevice,
      sql`SELECT ${deviceColumns} FROM devices ORDER BY created_at`
    ),
    addDevice: ({ createdAt, id, lastUsedAt, name, publicKey, revokedAt, scopes }) =>
      Effect.flatMap(encodeScopes(scopes), (text) =>
        run(
          "add a device",
          sql`INSERT INTO devices (id, name, public_key, scopes, created_at, last_used_at, revoked_at)
            VALUES (${id}, ${name}, ${publicKey}, ${text}, ${createdAt}, ${lastUsedAt}, ${revokedAt})`
        )
      ),
    touchDevice: (id, at) =>
      run("note a use", sql`UPDATE devices SET last_used_at = ${at} WHERE id = ${id}`),
    revokeDevice: (id, at) =>
      run("revoke a device", sql`UPDATE devices SET revoked_at = ${at} WHERE id = ${id}`),
    keys: rows("list keys", StoredKey, sql`SELECT ${keyColumns} FROM api_keys ORDER BY created_at`),
    addKey: ({ createdAt, hash, id, lastUsedAt, name, revokedAt, scopes }) =>
      Effect.flatMap(encodeScopes(scopes), (text) =>
        run(
          "add a key",
          sql`INSERT INTO api_keys (id, name, hash, scopes, created_at, last_used_at, revoked_at)
            VALUES (${id}, ${name}, ${hash}, ${text}, ${createdAt}, ${lastUsedAt}, ${revokedAt})`
        )
      ),
    touchKey: (id, at) =>
      run("note a use", sql`UPDATE api_keys SET last_used_at = ${at} WHERE id = ${id}`),
    revokeKey: (id, at) =>
      run("revoke a key", sql`UPDATE api_keys SET revoked_at = ${at} WHERE id = ${id}`),
    addCode: ({ expiresAt, hash, name, scopes }) =>
      Effect.flatMap(encodeScopes(scopes), (text) =>
        run(
          "store a code",
          sql`INSERT INTO device_codes (code_hash, name, scopes, expires_at)
            VALUES (${hash}, ${name}, ${text}, ${expiresAt})`
        )
      ),
    codes: (now) =>
      rows(
        "list codes",
        Waiting,
        sql`SELECT ${codeId} AS id, name, scopes, expires_at AS "expiresAt" FROM device_codes
          WHERE expires_at > ${now} ORDER BY expires_at`
      ),
    dropCode: (id) => run("drop a code", sql`DELETE FROM device_codes WHERE ${codeId} = ${id}`),
    takeCode: (hash, now) =>
      run("drop old codes", sql`DELETE FROM device_codes WHERE expires_at <= ${now}`).pipe(
        Effect.andThen(
          rows(
            "use a code",
            Code,
            sql`DELETE FROM device_codes WHERE code_hash = ${hash} RETURNING name, scopes`
          )
        ),
        Effect.map(Arr.head)
      )
  })
})

export const layer = Layer.effect(IdentityStore, make)
