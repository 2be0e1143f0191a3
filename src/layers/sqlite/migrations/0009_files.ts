// SPDX-License-Identifier: MIT OR Apache-2.0
/** What people sent for the model to look at, so that a copy of the database holds it too. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Transcripts name them by their hash. `created_at` in milliseconds since 1970. */
  yield* sql`CREATE TABLE files (
    sha256 TEXT PRIMARY KEY,
    bytes BLOB NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT`
})
