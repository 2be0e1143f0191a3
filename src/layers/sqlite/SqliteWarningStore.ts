// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Warning, WarningStore } from "../../services/WarningStore.ts"
import { rows, run } from "./query.ts"

const Last = Schema.Struct({ at: Schema.NullOr(Schema.Int) })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return WarningStore.of({
    of: ({ start, window }) =>
      rows(
        "read the budget's warnings",
        Warning,
        sql`SELECT threshold, told_at AS "toldAt" FROM budget_warnings
          WHERE window = ${window} AND period_start = ${start} ORDER BY threshold`
      ),
    raise: ({ start, window }, threshold, at) =>
      run(
        "note a warning",
        sql`INSERT INTO budget_warnings (window, period_start, threshold, raised_at)
          VALUES (${window}, ${start}, ${threshold}, ${at})`
      ),
    tell: ({ start, window }, at) =>
      run(
        "note that a warning was told",
        sql`UPDATE budget_warnings SET told_at = ${at}
          WHERE window = ${window} AND period_start = ${start} AND told_at IS NULL`
      ),
    lastAlarm: (now) =>
      rows(
        "find the last alarm",
        Last,
        sql`SELECT max(raised_at) AS at FROM spending_alarms WHERE raised_at <= ${now}`
      ).pipe(Effect.map((found) => Option.fromNullishOr(found[0]?.at))),
    alarm: (at, micros) =>
      run(
        "note an alarm",
        sql`INSERT INTO spending_alarms (raised_at, micros) VALUES (${at}, ${micros})`
      )
  })
})

export const layer = Layer.effect(WarningStore, make)
