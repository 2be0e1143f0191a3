// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import type { UsageBy } from "../../domain/usage.ts"
import { Ledger, LedgerRow, type Only, UsageRow } from "../../services/Ledger.ts"
import { json, rows, run, storeError } from "./query.ts"

const Sum = Schema.Struct({ micros: Schema.Int })
const Id = Schema.Struct({ id: Schema.Int })
const Spent = Schema.Struct({ purpose: Schema.String, micros: Schema.Int })
const First = Schema.Struct({ at: Schema.NullOr(Schema.Int) })
const encodeReasons = json(Schema.Array(Schema.String))

const columns: Record<UsageBy, string> = {
  model: "model",
  session: "session",
  purpose: "purpose"
}

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = Clock.currentTimeMillis

  // One item is as good as many: whoever listens looks at the sums.
  const changed = yield* PubSub.sliding<void>(1)
  const announce = <A, E>(change: Effect.Effect<A, E>) =>
    Effect.tap(change, () => PubSub.publish(changed, undefined))

  const narrowed = ({ agent, purpose }: Only = {}) =>
    sql.and([
      sql`1 = 1`,
      ...(purpose === undefined ? [] : [sql`purpose = ${purpose}`]),
      ...(agent === undefined ? [] : [sql`agent = ${agent}`])
    ])

  const sum = (operation: string, statement: Parameters<typeof rows>[2]) =>
    rows(operation, Sum, statement).pipe(Effect.map((found) => found[0]!.micros))

  return Ledger.of({
    reserve: Effect.fn("Ledger.reserve")(function* (r, at) {
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
        storeError("settle"),
        announce
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
        ),
        announce
      ),
    keepAbandoned: rows(
      "keep abandoned reservations",
      Id,
      sql`UPDATE cost_ledger SET state = 'unconfirmed', outcome = 'the process ended'
        WHERE state = 'reserved' RETURNING id`
    ).pipe(
      Effect.map((kept) => kept.length),
      announce
    ),
    chargedSince: (time, only) =>
      sum(
        "sum the ledger",
        sql`SELECT coalesce(sum(charged_micros), 0) AS micros FROM cost_ledger
          WHERE created_at >= ${time} AND ${narrowed(only)}`
      ),
    reservedSince: (time, only) =>
      sum(
        "sum the reservations",
        sql`SELECT coalesce(sum(charged_micros), 0) AS micros FROM cost_ledger
          WHERE state = 'reserved' AND created_at >= ${time} AND ${narrowed(only)}`
      ),
    spentBetween: (start, end) =>
      rows(
        "sum what was spent",
        Spent,
        sql`SELECT purpose, sum(charged_micros) AS micros FROM cost_ledger
          WHERE created_at >= ${start} AND created_at < ${end}
            AND state IN ('settled', 'unconfirmed') AND charged_micros > 0
          GROUP BY purpose ORDER BY micros DESC, purpose`
      ),
    usage: (since, by) =>
      rows(
        "sum the usage",
        UsageRow,
        sql`SELECT ${sql.literal(columns[by])} AS key,
            sum(CASE state WHEN 'settled' THEN charged_micros ELSE 0 END) AS "settledMicros",
            sum(CASE state WHEN 'unconfirmed' THEN charged_micros ELSE 0 END)
              AS "unconfirmedMicros",
            sum(CASE state WHEN 'reserved' THEN charged_micros ELSE 0 END) AS "reservedMicros",
            sum(state = 'settled') AS settled, sum(state = 'unconfirmed') AS unconfirmed,
            sum(state = 'reserved') AS reserved, sum(state = 'released') AS released,
            sum(input_tokens) AS input, sum(output_tokens) AS output,
            sum(cache_read_tokens) AS "cacheRead", sum(cache_write_tokens) AS "cacheWrite",
            sum(cache_write_1h_tokens) AS "cacheWrite1h"
          FROM cost_ledger WHERE created_at >= ${since}
          GROUP BY 1 ORDER BY sum(charged_micros) DESC, key`
      ),
    firstAt: rows(
      "find the first call",
      First,
      sql`SELECT min(created_at) AS at FROM cost_ledger`
    ).pipe(Effect.map((found) => Option.fromNullishOr(found[0]?.at))),
    changes: Stream.fromPubSub(changed),
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
