// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import * as SqliteSessionStore from "../../src/layers/sqlite/SqliteSessionStore.ts"
import { SessionStore } from "../../src/services/SessionStore.ts"

const database = Migrations.layer.pipe(
  Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" }))
)
const layer = SqliteSessionStore.layer.pipe(
  Layer.provideMerge(database),
  Layer.provide(SecureRandom.layerWebCrypto)
)

const person = PersonId.make("telegram:7")
const channel = ChannelName.make("telegram")
const placed = (chat: string, topic = "") => ({ channel, chat, topic })

describe("a chat that moves", () => {
  it.effect("takes its open sessions, schedules and undelivered messages along, nothing else", () =>
    Effect.gen(function* () {
      const store = yield* SessionStore
      const sql = yield* SqlClient.SqlClient
      const closed = yield* store.current(placed("-5"), person)
      const open = yield* store.renew(placed("-5"), person)
      const topic = yield* store.current(placed("-5", "3"), person)
      const early = yield* store.current(placed("-100"), person)
      const other = yield* store.current(placed("-6"), person)
      const say = (state: string, chat: string, messageId: string | null) =>
        sql`INSERT INTO outbox (session, channel, chat, topic, part, markdown, rendered,
            in_reply_to, state, message_id, not_before, created_at)
          VALUES (${open.id}, 'telegram', ${chat}, '', 0, '', '', '[]', ${state}, ${messageId}, 0, 0)`
      yield* say("sent", "-5", "1")
      yield* say("pending", "-5", "2")
      yield* say("growing", "-5", "-100/3")
      yield* say("pending", "-6", "4")
      const hear = (id: string, session: string, state: string) =>
        sql`INSERT INTO inbox (channel, update_id, session, agent, person, lane, parts, state,
            received_at, message_id)
          VALUES ('telegram', ${id}, ${session}, 'main', ${person}, 'turn', '[]', ${state}, 0, ${id})`
      yield* hear("9", early.id, "pending")
      yield* hear("10", open.id, "done")
      yield* hear("11", other.id, "done")
      yield* sql`INSERT INTO schedules (kind, person, agent, channel, chat, topic, rule, zone, text,
          missed, state, created_at)
        VALUES ('reminder', ${person}, 'main', 'telegram', '-5', '', '', 'UTC', 'x', 'once', 'active', 0)`

      const moved = yield* store.moveChat("telegram", "-5", "-100")
      assert.sameMembers([...moved], [open.id, topic.id])
      assert.strictEqual((yield* store.current(placed("-100"), person)).id, open.id)
      assert.strictEqual((yield* store.current(placed("-100", "3"), person)).id, topic.id)
      assert.strictEqual((yield* store.current(placed("-6"), person)).id, other.id)
      assert.deepStrictEqual(yield* sql`SELECT chat FROM sessions WHERE id = ${closed.id}`, [
        { chat: "-5" }
      ])
      assert.deepStrictEqual(yield* sql`SELECT chat, message_id FROM outbox ORDER BY id`, [
        { chat: "-5", message_id: "1" },
        { chat: "-100", message_id: null },
        { chat: "-100", message_id: "-100/3" },
        { chat: "-6", message_id: "4" }
      ])
      assert.deepStrictEqual(yield* sql`SELECT session, message_id FROM inbox ORDER BY id`, [
        { session: open.id, message_id: "9" },
        { session: open.id, message_id: null },
        { session: other.id, message_id: "11" }
      ])
      assert.deepStrictEqual(yield* sql`SELECT chat FROM schedules`, [{ chat: "-100" }])
      assert.deepStrictEqual(yield* store.moveChat("telegram", "-5", "-100"), [])
    }).pipe(Effect.provide(layer))
  )
})
