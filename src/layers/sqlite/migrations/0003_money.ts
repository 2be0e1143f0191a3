// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which model was meant and why, what a turn is for, and what a step's prompt was made of. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** The model that the router chose; `model` is the one that was asked. */
  yield* sql`ALTER TABLE cost_ledger ADD COLUMN intended_model TEXT NOT NULL DEFAULT ''`
  /** Why that model, as a JSON list of sentences. */
  yield* sql`ALTER TABLE cost_ledger ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]'`

  /** The zones of a model step's prompt with their tokens, and what was left out: JSON. */
  yield* sql`ALTER TABLE steps ADD COLUMN context TEXT NOT NULL DEFAULT '{}'`

  /** 'chat', or 'cron' for what no person asked just now. */
  yield* sql`ALTER TABLE inbox ADD COLUMN purpose TEXT NOT NULL DEFAULT 'chat'`
  yield* sql`ALTER TABLE turns ADD COLUMN purpose TEXT NOT NULL DEFAULT 'chat'`

  /** The router's decision for the turn, as JSON: the same after a crash. */
  yield* sql`ALTER TABLE turns ADD COLUMN routing TEXT`

  /** The tier or model that a person chose for the session; empty: the router decides. */
  yield* sql`ALTER TABLE sessions ADD COLUMN model_pin TEXT NOT NULL DEFAULT ''`
})
