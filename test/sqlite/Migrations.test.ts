// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"

const file = Effect.acquireRelease(
  Effect.sync(() => join(mkdtempSync(join(tmpdir(), "blufio-migrate-")), "a.db")),
  (path) => Effect.sync(() => rmSync(join(path, ".."), { recursive: true }))
)

const migrated = (path: string) =>
  Migrations.layer.pipe(Layer.provideMerge(SqliteClient.layer({ filename: path })))

const tables = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly name: string; readonly strict: number }>`
    SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'`
})

const sessionColumns = "id, channel, chat, topic, agent, person, opened_at, closed_at"

describe("Migrations", () => {
  it.effect("make every table strict, once, and leave a second start alone", () =>
    Effect.gen(function* () {
      const path = yield* file
      const first = yield* Effect.provide(tables, migrated(path), { local: true })
      const names = first.map(({ name }) => name)
      for (const name of ["inbox", "turns", "steps", "outbox", "cost_ledger", "messages", "people"])
        assert.include(names, name)
      const loose = first.filter(
        ({ name, strict }) =>
          strict === 0 && !name.startsWith("sqlite_") && name !== "effect_sql_migrations"
      )
      assert.deepEqual(loose, [])
      const second = yield* Effect.provide(tables, migrated(path), { local: true })
      assert.deepEqual(second, first)
    })
  )

  it.effect("refuse a file that a newer program wrote", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO effect_sql_migrations (migration_id, name) VALUES (9999, 'future')`
      }).pipe(Effect.provide(migrated(path), { local: true }))
      const refused = yield* Effect.flip(
        Effect.provide(Effect.void, migrated(path), { local: true })
      )
      assert.deepInclude(refused, { _tag: "DatabaseTooNew", found: 9999 })
    })
  )

  it.effect("refuse what is no database", () =>
    Effect.gen(function* () {
      const path = yield* file
      writeFileSync(path, "Dear diary, ".repeat(1000))
      const refused = yield* Effect.flip(
        Effect.provide(Effect.void, migrated(path), { local: true })
      )
      assert.include(["SqlError", "DatabaseUnusable"], refused._tag)
    })
  )

  it.effect("keep what must be unique or exist: the rules stand in the schema", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const refused = (statement: string) =>
        Effect.map(Effect.flip(sql.unsafe(statement)), ({ _tag }) =>
          assert.strictEqual(_tag, "SqlError", statement)
        )
      const session = (id: string, chat: string) =>
        sql.unsafe(
          `INSERT INTO sessions (${sessionColumns}) VALUES ('${id}', 'c', '${chat}', '', 'main', 'p', 0, NULL)`
        )
      yield* session("s", "one")
      yield* refused(
        `INSERT INTO sessions (${sessionColumns}) VALUES ('t', 'c', 'one', '', 'main', 'p', 0, NULL)`
      )
      const inbox = (update: string, owner: string) =>
        `INSERT INTO inbox (channel, update_id, session, agent, person, lane, parts, state, received_at)
          VALUES ('c', '${update}', '${owner}', 'main', 'p', 'turn', '[]', 'pending', 0)`
      yield* sql.unsafe(inbox("1", "s"))
      yield* refused(inbox("1", "s"))
      yield* refused(inbox("2", "nobody"))
      yield* sql`INSERT INTO people VALUES ('owner', 'c', '1', '', 'owner', 0)`
      yield* refused(`INSERT INTO people VALUES ('other', 'c', '2', '', 'owner', 0)`)
      yield* refused(`INSERT INTO turns (id, session, agent, person, state, started_at)
        VALUES ('x', 's', 'main', 'p', 'dreaming', 0)`)
      yield* refused(`INSERT INTO channel_offsets VALUES ('c', 'soon')`)
    }).pipe(Effect.provide(migrated(":memory:")))
  )
})
