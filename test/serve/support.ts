// SPDX-License-Identifier: MIT OR Apache-2.0
/** What several tests of the running program look at. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { BotApi } from "../fakes/BotApi.ts"
import type { Home } from "../support/Blufio.ts"
import { query, type Row } from "../support/database.ts"
import * as Fakes from "../support/Fakes.ts"

/** The one who writes, and is known. */
export const person = Fakes.users[0]!

export const rowsOf = (home: Home, sql: string): ReadonlyArray<Row> => query(home.database, sql)[0]!

const looking = Schedule.spaced("20 millis")

/** The rows of a query, as soon as they are as wanted. */
export const eventually = (
  home: Home,
  sql: string,
  isWanted: (rows: ReadonlyArray<Row>) => boolean
) =>
  Effect.sync(() => rowsOf(home, sql)).pipe(
    Effect.repeat({ schedule: looking, until: isWanted }),
    Effect.as(undefined),
    Effect.andThen(Effect.sync(() => rowsOf(home, sql)))
  )

const unfinished = `SELECT 'turn' AS what FROM turns WHERE finished_at IS NULL
  UNION ALL SELECT 'inbox' FROM inbox WHERE state <> 'done'
  UNION ALL SELECT 'outbox' FROM outbox WHERE state NOT IN ('sent', 'failed')`

/** Waits until every message is answered and every answer delivered or given up. */
export const atRest = (home: Home) => eventually(home, unfinished, (rows) => rows.length === 0)

/** The states of the newest turn's ledger rows. */
export const newestLedger = (home: Home) =>
  rowsOf(
    home,
    `SELECT state FROM cost_ledger WHERE turn = (SELECT id FROM turns ORDER BY rowid DESC LIMIT 1)
      ORDER BY id`
  ).map((row) => row["state"])

/** Says something and answers with all that the chat shows because of it, once all is at rest. */
export const ask = Effect.fnUntraced(function* (
  home: Home,
  telegram: BotApi,
  words: string,
  user = person
) {
  const before = telegram.shownIn(user).length
  const update = telegram.userSays(user, words)
  yield* eventually(
    home,
    `SELECT id FROM inbox WHERE update_id LIKE '%${update}%' AND state = 'done'`,
    (rows) => rows.length > 0
  )
  yield* atRest(home)
  return telegram.shownIn(user).slice(before)
})

const Refusal = Schema.Struct({
  error: Schema.Struct({ type: Schema.String, message: Schema.String })
})

/** An error's body as contract 5 wants it. */
export const decodeRefusal = Schema.decodeUnknownEffect(Schema.fromJsonString(Refusal))

export const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))
