// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Ledger, LedgerRow } from "../../services/Ledger.ts"
import { json, rows, run, storeError } from "./query.ts"

const Sum = Schema.Struct({ micros: Schema.Int })
const Id = Schema.Struct({ id: Schema.Int })
const encodeReasons = json(Schema.Array(Schema.String))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = Clock.currentTimeMillis

  const sum = (operation: string, statement: Parameters<typeof rows>[2]) =>
    rows(operation, Sum, statement).pipe(Effect.map((found) => found[0]!.micros))

  return Ledger.of({
    reserve: Effect.fn("Ledger.reserve")(function* (r) {
      const at = yield* now
      const inserted = yield* rows(
        "reserve",
        Id,
        sql`INSERT INTO cost_ledger (session, turn, step, agent, person, purpose, provider, model,
            intended_model, reasons, state, reserved_micros, charged_micros, price, prefix_hash,
            created_at)
          VALUES (${r.session}, ${r.turn}, ${r.step}, ${r.agent}, ${r.person}, ${r.purpose},
            ${r.provider}, ${r.model}, ${r.intendedModel}, ${yield* encodeReasons(r.reasons)},
            'reserved', ${r.micros}, ${r.micros}, ${r.price}, ${r.prefixHash}, ${at})
          RETURNING id`
      )
      return inserted[0]!.id
    }),
    settle: (id, micros, tokens, outcome) =>
      now.pipe(
        Effect.flatMap(
          (at) =>
            sql`UPDATE cost_ledger SET state = 'settled', charged_micros = ${micros},
              input_tokens = ${tokens.input}, output_tokens = ${tokens.output},
              cache_read_tokens = ${tokens.cacheRead}, cache_write_tokens = ${tokens.cacheWrite},
              cache_write_1h_tokens = ${tokens.cacheWrite1h}, outcome = ${outcome},
              settled_at = ${at} WHERE id = ${id}`
        ),
        Effect.asVoid,
        storeError("settle")
      ),
    release: (id, outcome) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "release",
            sql`UPDATE cost_ledger SET state = 'released', charged_micros = 0,
              outcome = ${outcome}, settled_at = ${at} WHERE id = ${id}`
          )
        )
      ),
    keep: (id, outcome) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "keep a reservation",
            sql`UPDATE cost_ledger SET state = 'unconfirmed', outcome = ${outcome},
              settled_at = ${at} WHERE id = ${id}`
          )
        )
      ),
    keepAbandoned: rows(
      "keep abandoned reservations",
      Id,
      sql`UPDATE cost_ledger SET state = 'unconfirmed', outcome = 'the process ended'
        WHERE state = 'reserved' RETURNING id`
    ).pipe(Effect.map((kept) => kept.length)),
    chargedSince: (time) =>
      sum(
        "sum the ledger",
        sql`SELECT coalesce(sum(charged_micros), 0) AS micros FROM cost_ledger
          WHERE created_at >= ${time}`
      ),
    chargedToTurn: (turn) =>
      sum(
        "sum a turn's cost",
        sql`SELECT coalesce(sum(charged_micros), 0) AS micros FROM cost_ledger WHERE turn = ${turn}`
      ),
    ofTurn: (turn) =>
      rows(
        "read a turn's cost",
        LedgerRow,
        sql`SELECT id, session, turn, step, agent, person, purpose, provider, model,
            intended_model AS "intendedModel", reasons, state,
            reserved_micros AS "reservedMicros", charged_micros AS "chargedMicros",
            input_tokens AS input, output_tokens AS output, cache_read_tokens AS "cacheRead",
            cache_write_tokens AS "cacheWrite", cache_write_1h_tokens AS "cacheWrite1h",
            created_at AS "createdAt"
          FROM cost_ledger WHERE turn = ${turn} ORDER BY id`
      )
  })
})

export const layer = Layer.effect(Ledger, make)
