// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reminders, jobs and the heartbeat. Times are milliseconds since 1970. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  yield* sql`CREATE TABLE schedules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('cron', 'reminder')),
    person TEXT NOT NULL,
    agent TEXT NOT NULL,
    channel TEXT NOT NULL,
    chat TEXT NOT NULL,
    topic TEXT NOT NULL,
    rule TEXT NOT NULL,
    zone TEXT NOT NULL,
    text TEXT NOT NULL,
    missed TEXT NOT NULL CHECK (missed IN ('once', 'skip', 'all')),
    next_due INTEGER,
    state TEXT NOT NULL CHECK (state IN ('active', 'done', 'removed', 'broken')),
    source TEXT UNIQUE,
    created_at INTEGER NOT NULL
  ) STRICT`
  yield* sql`CREATE INDEX schedules_due ON schedules (next_due) WHERE state = 'active'`
  yield* sql`CREATE INDEX schedules_of_person ON schedules (person, state)`

  /** One row for each time that something was due and was acted on: never two. */
  yield* sql`CREATE TABLE schedule_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schedule INTEGER NOT NULL REFERENCES schedules (id),
    due_at INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'queued', 'skipped')),
    session TEXT NOT NULL REFERENCES sessions (id),
    UNIQUE (schedule, due_at)
  ) STRICT`
  yield* sql`CREATE INDEX schedule_runs_by_session ON schedule_runs (session)`

  /** What the heartbeat knows from one beat to the next: one row. */
  yield* sql`CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    looked_at INTEGER NOT NULL,
    called_at INTEGER NOT NULL,
    seen TEXT NOT NULL,
    stopped_at INTEGER,
    stopped_why TEXT NOT NULL DEFAULT '',
    stopped_key TEXT NOT NULL DEFAULT '',
    paused_until INTEGER NOT NULL DEFAULT 0
  ) STRICT`

  /** Only beats that asked a model. */
  yield* sql`CREATE TABLE heartbeat_runs (
    id TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL UNIQUE,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('started', 'silent', 'told', 'failed', 'lost')),
    detail TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    chat TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT ''
  ) STRICT`
})
