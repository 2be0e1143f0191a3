// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which warnings and alarms about money were given, so that none is given twice. Times in milliseconds. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** `threshold`: a percentage of the cap. `told_at`: when the owner was told; null while nobody could. */
  yield* sql`CREATE TABLE budget_warnings (
    window TEXT NOT NULL CHECK (window IN ('daily', 'monthly')),
    period_start INTEGER NOT NULL,
    threshold INTEGER NOT NULL CHECK (threshold BETWEEN 1 AND 100),
    raised_at INTEGER NOT NULL,
    told_at INTEGER,
    PRIMARY KEY (window, period_start, threshold)
  ) STRICT`

  /** Money that went out while nobody spoke. */
  yield* sql`CREATE TABLE spending_alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    raised_at INTEGER NOT NULL,
    micros INTEGER NOT NULL
  ) STRICT`

  /** A window's sum is read off the index alone, however long the ledger grows. */
  yield* sql`DROP INDEX cost_ledger_by_time`
  yield* sql`CREATE INDEX cost_ledger_charges
    ON cost_ledger (created_at, purpose, agent, state, charged_micros)`
  yield* sql`CREATE INDEX cost_ledger_reserved ON cost_ledger (created_at) WHERE state = 'reserved'`
  /** When somebody spoke last. */
  yield* sql`CREATE INDEX inbox_by_time ON inbox (received_at, purpose)`
})
