// SPDX-License-Identifier: MIT OR Apache-2.0
/** Finds the message of a question again, and knows how people are called. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Turn and step of what the message asks, and what came of it. */
  yield* sql`ALTER TABLE outbox ADD COLUMN question TEXT`
  yield* sql`ALTER TABLE outbox ADD COLUMN outcome TEXT`
  yield* sql`CREATE INDEX outbox_asking ON outbox (question) WHERE question IS NOT NULL`

  yield* sql`CREATE TABLE person_names (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL
  ) STRICT`
})
