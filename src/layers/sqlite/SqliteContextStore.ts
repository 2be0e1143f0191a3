// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Compaction, Note } from "../../domain/compaction/Compaction.ts"
import { Dropped, StepContext, Zone } from "../../domain/context/StepContext.ts"
import { PersonId } from "../../domain/Ids.ts"
import { Part } from "../../domain/Message.ts"
import { unlearnt } from "../../domain/promptEstimate.ts"
import { ContextStore } from "../../services/ContextStore.ts"
import { Count, json, rows, run, storeError } from "./query.ts"

const Id = Schema.Struct({ id: Schema.Int })
const Time = Schema.Struct({ at: Schema.Int })
const Factor = Schema.Struct({ factor: Schema.Finite, samples: Schema.Int })
const Use = Schema.Struct({
  calls: Schema.Int,
  input: Schema.Int,
  read: Schema.Int,
  written: Schema.Int
})
const Waiting = Schema.Struct({
  person: PersonId,
  parts: Schema.fromJsonString(Schema.Array(Part))
})
const DroppedList = Schema.Array(Dropped)
const DroppedRow = Schema.Struct({ dropped: Schema.fromJsonString(DroppedList) })
const ContextRow = Schema.Struct({ context: Schema.fromJsonString(StepContext) })
const encodeDropped = json(DroppedList)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = Clock.currentTimeMillis

  const columns = sql.literal(
    `id, session, turn, kind, first_message AS "firstMessage", last_message AS "lastMessage",
     newest_message AS "newestMessage", state, message, detail, dropped,
     created_at AS "createdAt"`
  )

  return ContextStore.of({
    compactions: (session) =>
      rows(
        "read condensed ranges",
        Compaction,
        sql`SELECT ${columns} FROM compactions WHERE session = ${session} ORDER BY id`
      ),
    start: Effect.fn("ContextStore.start")(function* (c) {
      const inserted = yield* rows(
        "start a compaction",
        Id,
        sql`INSERT INTO compactions (session, turn, kind, first_message, last_message,
            newest_message, state, focus, model, created_at)
          VALUES (${c.session}, ${c.turn}, ${c.kind}, ${c.firstMessage}, ${c.lastMessage},
            ${c.newestMessage}, 'started', ${c.focus}, ${c.model}, ${yield* now}) RETURNING id`
      )
      return inserted[0]!.id
    }),
    finish: Effect.fn("ContextStore.finish")(function* (id, { dropped, message, summary }) {
      yield* sql`UPDATE compactions SET state = 'finished', summary = ${summary},
        message = ${message}, dropped = ${yield* encodeDropped(dropped)},
        finished_at = ${yield* now} WHERE id = ${id}`
    }, storeError("finish a compaction")),
    fail: Effect.fn("ContextStore.fail")(function* (id, { detail, dropped, message }) {
      yield* sql`UPDATE compactions SET state = 'failed', detail = ${detail},
        message = ${message}, dropped = ${yield* encodeDropped(dropped)},
        finished_at = ${yield* now} WHERE id = ${id}`
    }, storeError("give up a compaction")),
    addNotes: Effect.fn("ContextStore.addNotes")(function* (session, notes) {
      const at = yield* now
      yield* Effect.forEach(
        notes,
        ({ kind, source, text }) =>
          sql`INSERT INTO notes (session, agent, person, kind, text, source, created_at)
            SELECT session, agent, person, ${kind}, ${text}, id, ${at} FROM messages
            WHERE id = ${source} AND session = ${session}
            ON CONFLICT (session, text) DO NOTHING`,
        { discard: true }
      )
    }, storeError("keep notes")),
    closeTasks: (session, texts) =>
      texts.length === 0
        ? Effect.void
        : run(
            "close tasks",
            sql`UPDATE notes SET state = 'closed'
              WHERE session = ${session} AND kind = 'task' AND ${sql.in("text", texts)}`
          ),
    notes: (session, first, last) =>
      rows(
        "read notes",
        Note,
        sql`SELECT kind, text, source FROM notes WHERE session = ${session} AND state = 'open'
          AND source BETWEEN ${first} AND ${last} ORDER BY source, id`
      ),
    factor: (model) =>
      rows(
        "read a token factor",
        Factor,
        sql`SELECT factor, samples FROM token_factors WHERE model = ${model}`
      ).pipe(Effect.map((found) => found[0] ?? unlearnt)),
    setFactor: (model, { factor, samples }) =>
      run(
        "keep a token factor",
        sql`INSERT INTO token_factors (model, factor, samples)
          VALUES (${model}, ${factor}, ${samples})
          ON CONFLICT (model) DO UPDATE SET factor = excluded.factor, samples = excluded.samples`
      ),
    recentCalls: (model, session, limit) =>
      rows(
        "read recent calls",
        Time,
        sql`SELECT created_at AS at FROM cost_ledger WHERE model = ${model}
          AND state = 'settled' AND purpose <> 'compaction'
          AND ${Option.match(session, {
            onNone: () => sql.literal("1 = 1"),
            onSome: (id) => sql`session = ${id}`
          })} ORDER BY id DESC LIMIT ${limit}`
      ).pipe(Effect.map(Arr.map(({ at }) => at))),
    cacheUse: (session) =>
      rows(
        "sum the cache's use",
        Use,
        sql`SELECT count(*) AS calls, coalesce(sum(input_tokens), 0) AS input,
            coalesce(sum(cache_read_tokens), 0) AS read,
            coalesce(sum(cache_write_tokens + cache_write_1h_tokens), 0) AS written
          FROM cost_ledger
          WHERE session = ${session} AND state = 'settled' AND purpose <> 'compaction'`
      ).pipe(Effect.map((found) => found[0]!)),
    zonesSince: (time) =>
      rows(
        "add up the zones",
        Zone,
        sql`SELECT json_extract(zone.value, '$.name') AS name,
            sum(json_extract(zone.value, '$.tokens')) AS tokens
          FROM steps, json_each(steps.context, '$.zones') AS zone
          WHERE steps.kind = 'model' AND steps.started_at >= ${time}
          GROUP BY 1 HAVING tokens > 0 ORDER BY tokens DESC, name`
      ),
    waiting: (session) =>
      rows(
        "read what waits",
        Waiting,
        sql`SELECT person, parts FROM inbox
          WHERE session = ${session} AND state = 'pending' AND lane = 'turn' ORDER BY id`
      ),
    turnsSince: (session, time) =>
      rows(
        "count turns",
        Count,
        sql`SELECT count(*) AS count FROM turns WHERE session = ${session} AND started_at > ${time}`
      ).pipe(Effect.map((found) => found[0]!.count)),
    droppedOf: (turn) =>
      rows(
        "read what was left out",
        DroppedRow,
        sql`SELECT dropped FROM messages WHERE turn = ${turn} AND dropped <> '[]' ORDER BY id`
      ).pipe(Effect.map((found) => found.flatMap(({ dropped }) => dropped))),
    lastStep: (session) =>
      rows(
        "read the newest step",
        ContextRow,
        sql`SELECT s.context FROM steps s JOIN turns t ON t.id = s.turn
          WHERE t.session = ${session} AND s.kind = 'model' AND s.context <> '{}'
          ORDER BY s.id DESC LIMIT 1`
      ).pipe(Effect.map((found) => Option.fromUndefinedOr(found[0]?.context)))
  })
})

export const layer = Layer.effect(ContextStore, make)
