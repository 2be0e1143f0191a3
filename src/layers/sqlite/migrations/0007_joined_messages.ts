// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which messages make up a turn. Times are milliseconds since 1970. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  yield* sql`ALTER TABLE inbox ADD COLUMN message_id TEXT`
  yield* sql`ALTER TABLE inbox ADD COLUMN sent_at INTEGER`
  /** More may follow within so many milliseconds. */
  yield* sql`ALTER TABLE inbox ADD COLUMN join_within INTEGER NOT NULL DEFAULT 0`
  /** No turn begins before. */
  yield* sql`ALTER TABLE inbox ADD COLUMN hold_until INTEGER NOT NULL DEFAULT 0`
  yield* sql`ALTER TABLE inbox ADD COLUMN is_backlog INTEGER NOT NULL DEFAULT 0
    CHECK (is_backlog IN (0, 1))`
  yield* sql`CREATE INDEX inbox_of_message ON inbox (channel, message_id)
    WHERE message_id IS NOT NULL`
  yield* sql`CREATE INDEX inbox_backlog ON inbox (channel) WHERE is_backlog = 1`
})
