// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { SessionId } from "../../domain/Ids.ts"
import { Rule } from "../../domain/schedule/Rule.ts"
import { LastRun, Schedule, ScheduleId } from "../../domain/schedule/Schedule.ts"
import { ScheduleStore } from "../../services/ScheduleStore.ts"
import { readable } from "../../services/Store.ts"
import { Count, json, rows, run, storeError } from "./query.ts"

const encodeRule = json(Rule)
const encodeZone = Schema.encodeEffect(Schedule.fields.zone)
const Id = Schema.Struct({ id: ScheduleId })

const Said = Schema.Struct({
  at: Schema.Int,
  isOwn: Schema.BooleanFromBit,
  text: Schema.String
})

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = Clock.currentTimeMillis

  const columns = sql.literal(
    `id, kind, person, agent, channel, chat, topic, rule, zone, text, missed,
     next_due AS "nextDue", state, created_at AS "createdAt"`
  )

  const find = (id: ScheduleId) =>
    rows("find a schedule", Schedule, sql`SELECT ${columns} FROM schedules WHERE id = ${id}`).pipe(
      Effect.map(Arr.head)
    )

  return ScheduleStore.of({
    add: Effect.fn("ScheduleStore.add")(function* (one) {
      const rule = yield* encodeRule(one.rule)
      const zone = yield* Effect.orDie(encodeZone(one.zone))
      const added = yield* rows(
        "add a schedule",
        Schedule,
        sql`INSERT INTO schedules (kind, person, agent, channel, chat, topic, rule, zone, text,
            missed, next_due, state, source, created_at)
          VALUES (${one.kind}, ${one.person}, ${one.agent}, ${one.channel}, ${one.chat},
            ${one.topic}, ${rule}, ${zone}, ${one.text}, ${one.missed}, ${one.nextDue}, 'active',
            ${one.source}, ${yield* now}) RETURNING ${columns}`
      )
      return added[0]!
    }),
    bySource: (source) =>
      rows(
        "find a schedule",
        Schedule,
        sql`SELECT ${columns} FROM schedules WHERE source = ${source}`
      ),
    find,
    list: Effect.fn("ScheduleStore.list")(function* (person) {
      const whose = Option.getOrNull(person)
      const ids = yield* rows(
        "list schedules",
        Id,
        sql`SELECT id FROM schedules WHERE state IN ('active', 'broken')
          AND (${whose} IS NULL OR person = ${whose}) ORDER BY next_due IS NULL, next_due, id`
      )
      // One that cannot be read must not hide the others.
      const found = yield* Effect.forEach(ids, ({ id }) => readable(find(id), Option.none()))
      return found.flatMap(Option.toArray)
    }),
    countActive: (person) =>
      rows(
        "count schedules",
        Count,
        sql`SELECT count(*) AS count FROM schedules WHERE person = ${person} AND state = 'active'`
      ).pipe(Effect.map((found) => found[0]!.count)),
    due: (at, channels) =>
      rows(
        "find what is due",
        Id,
        sql`SELECT id FROM schedules WHERE state = 'active' AND next_due <= ${at}
          AND ${sql.in("channel", channels)} ORDER BY next_due, id LIMIT 50`
      ).pipe(Effect.map(Arr.map(({ id }) => id))),
    nextDue: (channels) =>
      rows(
        "find what is due next",
        Schema.Struct({ at: Schema.NullOr(Schema.Int) }),
        sql`SELECT min(next_due) AS at FROM schedules WHERE state = 'active'
          AND ${sql.in("channel", channels)}`
      ).pipe(Effect.map((found) => Option.fromNullishOr(found[0]?.at))),
    set: (id, state, nextDue) =>
      run(
        "move a schedule on",
        sql`UPDATE schedules SET state = ${state}, next_due = ${nextDue} WHERE id = ${id}`
      ),
    claim: Effect.fn("ScheduleStore.claim")(function* (one) {
      const claimed = yield* sql`INSERT INTO schedule_runs
          (schedule, due_at, started_at, state, session)
        VALUES (${one.schedule}, ${one.dueAt}, ${yield* now}, ${one.state}, ${one.session})
        ON CONFLICT (schedule, due_at) DO NOTHING RETURNING id`
      return claimed.length > 0
    }, storeError("claim a run")),
    runs: (id, limit) =>
      rows(
        "read runs",
        LastRun,
        sql`SELECT r.due_at AS "dueAt", r.started_at AS "startedAt",
            CASE WHEN r.state = 'queued' THEN coalesce(t.state, 'queued') ELSE r.state END AS state,
            CASE WHEN r.state = 'queued' THEN coalesce(t.detail, '') ELSE '' END AS detail,
            CASE WHEN r.state = 'queued' THEN t.id END AS turn
          FROM schedule_runs r
          LEFT JOIN turns t ON t.session = r.session AND r.state = 'queued'
          WHERE r.schedule = ${id} ORDER BY r.id DESC LIMIT ${limit}`
      ),
    jobsIn: ({ channel, chat, topic }) =>
      rows(
        "find running jobs",
        Schema.Struct({ id: SessionId }),
        sql`SELECT DISTINCT s.id FROM sessions s JOIN schedule_runs r
            ON r.session = s.id AND r.state = 'queued'
          WHERE s.channel = ${channel} AND s.chat = ${chat} AND s.topic = ${topic} AND (
            EXISTS (SELECT 1 FROM turns t WHERE t.session = s.id AND t.finished_at IS NULL)
            OR EXISTS (SELECT 1 FROM inbox i WHERE i.session = s.id AND i.state = 'pending'))`
      ).pipe(Effect.map(Arr.map(({ id }) => id))),
    saidSince: ({ channel, chat, topic }, since, limit) =>
      rows(
        "read what was said meanwhile",
        Said,
        sql`SELECT * FROM (
            SELECT r.started_at AS at, 1 AS "isOwn", s.text FROM schedule_runs r
              JOIN schedules s ON s.id = r.schedule
              WHERE r.state = 'sent' AND r.started_at > ${since} AND s.channel = ${channel}
                AND s.chat = ${chat} AND s.topic = ${topic}
            UNION ALL
            SELECT t.finished_at, 0, o.markdown FROM schedule_runs r
              JOIN turns t ON t.session = r.session JOIN outbox o ON o.turn = t.id
              WHERE r.state = 'queued' AND o.markdown <> '' AND t.finished_at > ${since}
                AND o.channel = ${channel} AND o.chat = ${chat} AND o.topic = ${topic}
            UNION ALL
            SELECT finished_at, 0, text FROM heartbeat_runs
              WHERE state = 'told' AND finished_at > ${since} AND channel = ${channel}
                AND chat = ${chat} AND topic = ${topic}
            ORDER BY at DESC LIMIT ${limit}
          ) ORDER BY at`
      ),
    failuresSince: (person, since) =>
      rows(
        "find failed jobs",
        Schema.Struct({ id: Schema.Int, text: Schema.String, detail: Schema.String }),
        sql`SELECT r.id, s.text, t.detail FROM schedule_runs r
            JOIN schedules s ON s.id = r.schedule JOIN turns t ON t.session = r.session
          WHERE r.state = 'queued' AND t.state = 'failed' AND t.finished_at > ${since}
            AND s.person = ${person} ORDER BY r.id LIMIT 20`
      )
  })
})

export const layer = Layer.effect(ScheduleStore, make)
