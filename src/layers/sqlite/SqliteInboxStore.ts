// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { mainAgent, SessionId } from "../../domain/Ids.ts"
import { Part } from "../../domain/Message.ts"
import { InboxRow, InboxStore, Late, StoredMessage } from "../../services/InboxStore.ts"
import { Count, json, rows, run, storeError } from "./query.ts"

/** Counted from the first message that waits, in times of how long the newest one waits. */
const holdsAtMost = 5
/** A channel that cannot go on with its backlog is not waited for any longer; milliseconds. */
const backlogHold = 60_000

/** A message that takes longer than this was sent while nobody listened; milliseconds. */
const lateAfter = 60_000

/** Of a session's messages with files, so many are looked at. */
const recentFiles = 10

const encodeParts = json(Schema.Array(Part))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql.literal("id, session, person, parts")

  const late = (which: Fragment) =>
    rows(
      "find late messages",
      Late,
      sql`SELECT count(*) AS total, count(late) AS count, coalesce(min(late), 0) AS first,
          coalesce(max(late), 0) AS last
        FROM (SELECT iif(sent_at < received_at - ${lateAfter}, sent_at, NULL) AS late
          FROM inbox WHERE ${which})`
    ).pipe(Effect.map((found) => found[0]!))

  const insert: InboxStore["Service"]["insert"] = Effect.fn("InboxStore.insert")(function* (row) {
    const parts = yield* encodeParts(row.parts)
    const now = yield* Clock.currentTimeMillis
    const joinWithin = row.joinWithin ?? 0
    const hold = row.isBacklog === true ? backlogHold : joinWithin
    const inserted = yield* rows(
      "store a message",
      Schema.Struct({ id: Schema.Int }),
      sql`INSERT INTO inbox
          (channel, update_id, session, agent, person, lane, parts, purpose, state, received_at,
            message_id, sent_at, join_within, is_backlog, hold_until)
          VALUES (${row.channel}, ${row.updateId}, ${row.session}, ${mainAgent}, ${row.person},
            ${row.lane}, ${parts}, ${row.purpose ?? "chat"}, 'pending', ${now},
            ${row.messageId ?? null}, ${row.sentAt ?? null}, ${joinWithin},
            ${row.isBacklog === true ? 1 : 0},
            min(${now + hold}, ${holdsAtMost * hold} + coalesce(
              (SELECT min(received_at) FROM inbox WHERE session = ${row.session}
                AND state = 'pending' AND lane = 'turn' AND (join_within > 0 OR is_backlog = 1)), ${now})))
          ON CONFLICT (channel, update_id) DO NOTHING RETURNING id`
    )
    return Option.map(Arr.head(inserted), ({ id }) => id)
  }, storeError("store a message"))

  return InboxStore.of({
    insert,
    byUpdate: (channel, updateId) =>
      rows(
        "find a message",
        InboxRow,
        sql`SELECT ${columns} FROM inbox WHERE channel = ${channel} AND update_id = ${updateId}`
      ).pipe(Effect.map(Arr.head)),
    byMessage: ({ channel, chat }, messageId) =>
      rows(
        "find a message by its own id",
        StoredMessage,
        sql`WITH forms AS (
            SELECT i.id, i.parts, i.lane, i.state FROM inbox i JOIN sessions s ON s.id = i.session
            WHERE i.channel = ${channel} AND i.message_id = ${messageId} AND s.chat = ${chat})
          SELECT *, (SELECT json_group_array(DISTINCT part.value ->> '$.unique')
              FROM forms, json_each(forms.parts) AS part
              WHERE part.value ->> '$._tag' = 'Attachment') AS files
          FROM forms ORDER BY id DESC LIMIT 1`
      ).pipe(Effect.map(Arr.head)),
    isFileRecent: (session, unique, message) =>
      rows(
        "look for a file",
        Count,
        sql`SELECT count(*) AS count
          FROM (SELECT parts, message_id FROM inbox
            WHERE session = ${session} AND parts LIKE '%"Attachment"%'
              AND received_at >= coalesce((SELECT max(created_at) FROM compactions
                WHERE session = ${session} AND state = 'finished'), 0)
            ORDER BY id DESC LIMIT ${recentFiles}) AS recent, json_each(recent.parts) AS part
          WHERE recent.message_id IS NOT ${message ?? null}
            AND part.value ->> '$.unique' = ${unique}`
      ).pipe(Effect.map((found) => found[0]!.count > 0)),
    rewrite: (id, parts) =>
      Effect.flatMap(encodeParts(parts), (encoded) =>
        run(
          "rewrite a message",
          sql`UPDATE inbox SET parts = ${encoded} WHERE id = ${id} AND state = 'pending'`
        )
      ),
    pendingControl: rows(
      "find pending commands",
      Schema.Struct({ id: Schema.Int, session: SessionId }),
      sql`SELECT id, session FROM inbox WHERE state = 'pending' AND lane = 'control' ORDER BY id`
    ),
    read: (id) =>
      rows("read a message", InboxRow, sql`SELECT ${columns} FROM inbox WHERE id = ${id}`).pipe(
        Effect.map(Arr.head)
      ),
    waitingBefore: (session, id) =>
      rows(
        "read the message before",
        InboxRow,
        sql`SELECT ${columns} FROM inbox
          WHERE session = ${session} AND id < ${id} AND state = 'pending' AND lane = 'turn'
          ORDER BY id DESC LIMIT 1`
      ).pipe(Effect.map(Arr.head)),
    finish: (id) => run("finish a message", sql`UPDATE inbox SET state = 'done' WHERE id = ${id}`),
    waiting: (session) =>
      rows(
        "count waiting messages",
        Count,
        sql`SELECT count(*) AS count FROM inbox
          WHERE session = ${session} AND state = 'pending' AND lane = 'turn'`
      ).pipe(Effect.map((found) => found[0]!.count)),
    heldUntil: (session) =>
      rows(
        "find how long messages wait",
        Schema.Struct({ at: Schema.NullOr(Schema.Int) }),
        sql`SELECT max(hold_until) AS at FROM inbox
          WHERE session = ${session} AND state = 'pending' AND lane = 'turn'`
      ).pipe(Effect.map((found) => Option.fromNullishOr(found[0]?.at))),
    caughtUp: (channel) =>
      rows(
        "let a backlog go",
        Schema.Struct({ session: SessionId }),
        sql`UPDATE inbox SET is_backlog = 0, hold_until = received_at + join_within
          WHERE channel = ${channel} AND is_backlog = 1 RETURNING session`
      ).pipe(Effect.map((found) => [...new Set(found.map(({ session }) => session))])),
    holdBacklogs: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      run(
        "hold backlogs",
        sql`UPDATE inbox SET hold_until = ${now + backlogHold} WHERE is_backlog = 1`
      )
    ),
    turnEnd: (session, bytes) =>
      rows(
        "find how much waits",
        Schema.Struct({ id: Schema.NullOr(Schema.Int) }),
        sql`SELECT min(id) AS id FROM (
            SELECT id, sum(length(CAST(parts AS BLOB))) OVER (ORDER BY id) AS total, row_number() OVER (ORDER BY id) AS place
            FROM inbox WHERE session = ${session} AND state = 'pending' AND lane = 'turn')
          WHERE total > ${bytes} AND place > 1`
      ).pipe(Effect.map((found) => found[0]?.id ?? Number.MAX_SAFE_INTEGER)),
    lateIn: (session, before) =>
      late(sql`session = ${session} AND state = 'pending' AND lane = 'turn' AND id < ${before}`),
    lateOf: (turn) => late(sql`turn = ${turn}`),
    lastSpoken: (now) =>
      rows(
        "find when somebody spoke last",
        Schema.Struct({ at: Schema.NullOr(Schema.Int) }),
        sql`SELECT max(received_at) AS at FROM inbox
          WHERE received_at <= ${now} AND purpose = 'chat'`
      ).pipe(Effect.map((found) => Option.fromNullishOr(found[0]?.at))),
    offset: (channel) =>
      rows(
        "read a channel's offset",
        Schema.Struct({ next: Schema.Int }),
        sql`SELECT next FROM channel_offsets WHERE channel = ${channel}`
      ).pipe(Effect.map((found) => found[0]?.next ?? 0)),
    moveOffset: (channel, next) =>
      run(
        "move a channel's offset",
        sql`INSERT INTO channel_offsets (channel, next) VALUES (${channel}, ${next})
          ON CONFLICT (channel) DO UPDATE SET next = excluded.next`
      )
  })
})

export const layer = Layer.effect(InboxStore, make)
