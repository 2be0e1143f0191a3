// SPDX-License-Identifier: MIT OR Apache-2.0
/** In which conversations the workspace's received files came: elsewhere they are nobody's to ask for. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** `path` is relative to the workspace; equal files of one day share it. */
  yield* sql`CREATE TABLE received_files (
    path TEXT NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    PRIMARY KEY (path, session)
  ) STRICT, WITHOUT ROWID`
})
