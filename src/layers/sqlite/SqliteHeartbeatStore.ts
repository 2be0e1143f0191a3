// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { HeartbeatState, HeartbeatStore } from "../../services/heartbeat/HeartbeatStore.ts"
import { rows, run, storeError } from "./query.ts"

const Spoken = Schema.Struct({ spoken: Schema.BooleanFromBit })

const never = HeartbeatState.make({
  lookedAt: 0,
  calledAt: 0,
  seen: "",
  stoppedAt: null,
  stoppedWhy: "",
  stoppedKey: "",
  pausedUntil: 0
})

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = Clock.currentTimeMillis

  return HeartbeatStore.of({
    read: rows(
      "read the heartbeat",
      HeartbeatState,
      sql`SELECT looked_at AS "lookedAt", called_at AS "calledAt", seen,
          stopped_at AS "stoppedAt", stopped_why AS "stoppedWhy", stopped_key AS "stoppedKey",
          paused_until AS "pausedUntil" FROM heartbeat`
    ).pipe(Effect.map((found) => found[0] ?? never)),
    save: (state) =>
      run(
        "note the heartbeat",
        sql`INSERT INTO heartbeat (id, looked_at, called_at, seen, stopped_at, stopped_why,
            stopped_key, paused_until)
          VALUES (1, ${state.lookedAt}, ${state.calledAt}, ${state.seen}, ${state.stoppedAt},
            ${state.stoppedWhy}, ${state.stoppedKey}, ${state.pausedUntil})
          ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at,
            called_at = excluded.called_at, seen = excluded.seen, stopped_at = excluded.stopped_at,
            stopped_why = excluded.stopped_why, stopped_key = excluded.stopped_key,
            paused_until = excluded.paused_until`
      ),
    claim: Effect.fn("HeartbeatStore.claim")(function* (id, dueAt) {
      const claimed = yield* sql`INSERT INTO heartbeat_runs (id, due_at, started_at, state)
        VALUES (${id}, ${dueAt}, ${yield* now}, 'started')
        ON CONFLICT (due_at) DO NOTHING RETURNING id`
      return claimed.length > 0
    }, storeError("claim a beat")),
    finish: Effect.fn("HeartbeatStore.finish")(function* (id, state, detail, text, told) {
      yield* sql`UPDATE heartbeat_runs SET state = ${state}, detail = ${detail}, text = ${text},
          channel = ${told?.channel ?? ""}, chat = ${told?.chat ?? ""},
          topic = ${told?.topic ?? ""}, finished_at = ${yield* now} WHERE id = ${id}`
    }, storeError("end a beat")),
    loseStarted: now.pipe(
      Effect.flatMap((at) =>
        run(
          "give up started beats",
          sql`UPDATE heartbeat_runs SET state = 'lost', finished_at = ${at}
            WHERE state = 'started'`
        )
      )
    ),
    hasPersonSpokenSince: (time) =>
      rows(
        "look for a person's message",
        Spoken,
        sql`SELECT EXISTS (SELECT 1 FROM inbox WHERE purpose = 'chat' AND received_at > ${time})
          AS spoken`
      ).pipe(Effect.map((found) => found[0]?.spoken === true))
  })
})

export const layer = Layer.effect(HeartbeatStore, make)
