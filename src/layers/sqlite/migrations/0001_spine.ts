// SPDX-License-Identifier: MIT OR Apache-2.0
/** The journal of invariant 2. Times are milliseconds since 1970, amounts integer micro-dollars. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  yield* sql`CREATE TABLE channel_offsets (
    channel TEXT PRIMARY KEY,
    next INTEGER NOT NULL
  ) STRICT`

  yield* sql`CREATE TABLE people (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    approved_at INTEGER NOT NULL,
    UNIQUE (channel, address)
  ) STRICT`
  yield* sql`CREATE UNIQUE INDEX people_one_owner ON people (role) WHERE role = 'owner'`

  yield* sql`CREATE TABLE pairing_codes (
    code TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (channel, address)
  ) STRICT`

  yield* sql`CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    chat TEXT NOT NULL,
    topic TEXT NOT NULL,
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER
  ) STRICT`
  yield* sql`CREATE UNIQUE INDEX sessions_open ON sessions (channel, chat, topic)
    WHERE closed_at IS NULL`

  yield* sql`CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received', 'assembling', 'calling', 'tools', 'waiting',
      'responding', 'done', 'failed', 'stopped')),
    detail TEXT NOT NULL DEFAULT '',
    question TEXT,
    expires_at INTEGER,
    superseded_by TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT`
  yield* sql`CREATE INDEX turns_of_session ON turns (session, started_at)`
  yield* sql`CREATE INDEX turns_unfinished ON turns (session) WHERE finished_at IS NULL`

  yield* sql`CREATE INDEX turns_asking ON turns (expires_at) WHERE expires_at IS NOT NULL`

  yield* sql`CREATE TABLE turn_states (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    turn TEXT NOT NULL REFERENCES turns (id),
    state TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT`
  yield* sql`CREATE INDEX turn_states_of_turn ON turn_states (turn)`

  yield* sql`CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    update_id TEXT NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    lane TEXT NOT NULL CHECK (lane IN ('turn', 'control')),
    parts TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'taken', 'done')),
    turn TEXT REFERENCES turns (id),
    received_at INTEGER NOT NULL,
    UNIQUE (channel, update_id)
  ) STRICT`
  yield* sql`CREATE INDEX inbox_pending ON inbox (session, id) WHERE state = 'pending'`
  yield* sql`CREATE INDEX inbox_of_turn ON inbox (turn)`

  yield* sql`CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    turn TEXT NOT NULL REFERENCES turns (id),
    kind TEXT NOT NULL CHECK (kind IN ('model', 'tool')),
    name TEXT NOT NULL,
    call_id TEXT NOT NULL,
    idempotent INTEGER NOT NULL CHECK (idempotent IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('started', 'finished', 'lost')),
    outcome TEXT NOT NULL DEFAULT '',
    started_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT`
  yield* sql`CREATE INDEX steps_of_turn ON steps (turn)`

  yield* sql`CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES sessions (id),
    turn TEXT NOT NULL REFERENCES turns (id),
    step INTEGER REFERENCES steps (id),
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'tool')),
    parts TEXT NOT NULL,
    conditional TEXT NOT NULL DEFAULT '[]',
    model TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
  ) STRICT`
  yield* sql`CREATE INDEX messages_of_session ON messages (session, id)`
  yield* sql`CREATE INDEX messages_of_turn ON messages (turn, id)`

  yield* sql`CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES sessions (id),
    turn TEXT REFERENCES turns (id),
    channel TEXT NOT NULL,
    chat TEXT NOT NULL,
    topic TEXT NOT NULL,
    part INTEGER NOT NULL,
    markdown TEXT NOT NULL,
    rendered TEXT NOT NULL,
    in_reply_to TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('growing', 'pending', 'sending', 'sent', 'failed')),
    message_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT`
  yield* sql`CREATE INDEX outbox_undelivered ON outbox (channel, chat, topic, id)
    WHERE state IN ('pending', 'sending')`
  yield* sql`CREATE INDEX outbox_of_turn ON outbox (turn)`

  yield* sql`CREATE TABLE cost_ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    turn TEXT NOT NULL,
    step INTEGER NOT NULL,
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    purpose TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released', 'unconfirmed')),
    reserved_micros INTEGER NOT NULL CHECK (reserved_micros >= 0),
    charged_micros INTEGER NOT NULL CHECK (charged_micros >= 0),
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_1h_tokens INTEGER NOT NULL DEFAULT 0,
    price TEXT NOT NULL,
    prefix_hash TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    settled_at INTEGER
  ) STRICT`
  yield* sql`CREATE INDEX cost_ledger_by_time ON cost_ledger (created_at)`
  yield* sql`CREATE INDEX cost_ledger_of_turn ON cost_ledger (turn)`
})
