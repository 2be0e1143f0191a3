// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Part } from "../../domain/Message.ts"
import { Routing } from "../../domain/router/Routing.ts"
import { RoutingStore } from "../../services/RoutingStore.ts"
import { json, rows, run, storeError } from "./query.ts"

const encodeRouting = json(Routing)

const Stored = Schema.Struct({ routing: Schema.NullOr(Schema.fromJsonString(Routing)) })
const Recent = Schema.Struct({ routing: Schema.fromJsonString(Routing), tools: Schema.Int })
const Typed = Schema.Struct({ parts: Schema.fromJsonString(Schema.Array(Part)) })
const Call = Schema.Struct({
  model: Schema.String,
  historyTokens: Schema.Int,
  at: Schema.Int,
  isKeptForAnHour: Schema.BooleanFromBit
})
const Pin = Schema.Struct({ pin: Schema.String })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  return RoutingStore.of({
    ofTurn: (turn) =>
      rows("read a turn's routing", Stored, sql`SELECT routing FROM turns WHERE id = ${turn}`).pipe(
        Effect.map((found) => Option.flatMapNullishOr(Arr.head(found), ({ routing }) => routing))
      ),
    keep: Effect.fnUntraced(function* (turn, routing) {
      yield* sql`UPDATE turns SET routing = ${yield* encodeRouting(routing)} WHERE id = ${turn}`
    }, storeError("keep a turn's routing")),
    recent: (session, limit) =>
      rows(
        "read recent routings",
        Recent,
        sql`SELECT routing, (SELECT count(*) FROM steps s WHERE s.turn = t.id AND s.kind = 'tool')
            AS tools
          FROM turns t
          WHERE session = ${session} AND routing IS NOT NULL AND superseded_by IS NULL
          ORDER BY rowid DESC LIMIT ${limit}`
      ),
    typed: (turn) =>
      rows(
        "read what was typed",
        Typed,
        sql`SELECT parts FROM inbox WHERE turn = ${turn} ORDER BY id`
      ).pipe(Effect.map(Arr.map(({ parts }) => parts))),
    said: (turn) =>
      rows(
        "read what was said",
        Typed,
        sql`SELECT parts FROM messages WHERE turn = ${turn} AND role = 'user' ORDER BY id`
      ).pipe(Effect.map(Arr.flatMap(({ parts }) => parts))),
    lastCalls: (session) =>
      rows(
        "read the last calls",
        Call,
        sql`WITH calls AS (
            SELECT *, row_number() OVER (PARTITION BY model ORDER BY id DESC) AS nth
            FROM cost_ledger
            WHERE session = ${session} AND state = 'settled'
              AND purpose IN ('chat', 'tool_follow_up', 'cron'))
          SELECT model, input_tokens + cache_read_tokens + cache_write_tokens
              + cache_write_1h_tokens + output_tokens AS "historyTokens",
            created_at AS at, cache_write_1h_tokens > 0 AS "isKeptForAnHour"
          FROM calls WHERE nth = 1 ORDER BY id DESC`
      ),
    pin: (session) =>
      rows(
        "read a session's pin",
        Pin,
        sql`SELECT model_pin AS pin FROM sessions WHERE id = ${session}`
      ).pipe(Effect.map((found) => found[0]?.pin ?? "")),
    setPin: (session, pin) =>
      run("pin a session", sql`UPDATE sessions SET model_pin = ${pin} WHERE id = ${session}`)
  })
})

export const layer = Layer.effect(RoutingStore, make)
