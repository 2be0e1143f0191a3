// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is condensed of a conversation, what must not be lost of it, and how models count tokens. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** `message` stands in the prompt in place of the range; empty while there is nothing to show. */
  yield* sql`CREATE TABLE compactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES sessions (id),
    turn TEXT NOT NULL REFERENCES turns (id),
    kind TEXT NOT NULL CHECK (kind IN ('range', 'merge')),
    first_message INTEGER NOT NULL,
    last_message INTEGER NOT NULL,
    newest_message INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'finished', 'failed')),
    summary TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    dropped TEXT NOT NULL DEFAULT '[]',
    focus TEXT NOT NULL,
    model TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
  ) STRICT`
  yield* sql`CREATE INDEX compactions_of_session ON compactions (session, id)`

  /** What a person gave, word for word. */
  yield* sql`CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES sessions (id),
    agent TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rule', 'task', 'decision', 'name', 'fact')),
    text TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES messages (id),
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at INTEGER NOT NULL,
    UNIQUE (session, text)
  ) STRICT`
  yield* sql`CREATE INDEX notes_of_session ON notes (session, source)`

  /** By how much a model's own counts differ from our estimates. */
  yield* sql`CREATE TABLE token_factors (
    model TEXT PRIMARY KEY,
    factor REAL NOT NULL,
    samples INTEGER NOT NULL
  ) STRICT`

  /** What was meant to come with a message and did not: JSON. */
  yield* sql`ALTER TABLE messages ADD COLUMN dropped TEXT NOT NULL DEFAULT '[]'`

  yield* sql`CREATE INDEX cost_ledger_for_context ON cost_ledger (session, id)`
})
