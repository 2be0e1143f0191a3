// SPDX-License-Identifier: MIT OR Apache-2.0
/** Vault, identity and audit (invariant 8). Times are milliseconds since 1970. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** The data key, wrapped by a key from the passphrase; `digest` is over all the other columns. */
  yield* sql`CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL,
    memory_kib INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    parallelism INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    wrapped_key BLOB NOT NULL,
    digest BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  ) STRICT`

  yield* sql`CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_used_at INTEGER
  ) STRICT`

  /** What this daemon is called in what devices sign; one row. */
  yield* sql`CREATE TABLE daemon (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
  ) STRICT`

  yield* sql`CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT`
  yield* sql`CREATE UNIQUE INDEX devices_key ON devices (public_key) WHERE revoked_at IS NULL`

  yield* sql`CREATE TABLE device_codes (
    code_hash BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT`

  yield* sql`CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT`

  /** Each row's hash covers its fields and the hash of the row before it. */
  yield* sql`CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT`

  /** The newest row once more, so that rows cut off at the end are missed. */
  yield* sql`CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
  ) STRICT`

  /** The settings of the last start, a digest for each key, to see what was changed since. */
  yield* sql`CREATE TABLE seen_settings (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL
  ) STRICT`
})
