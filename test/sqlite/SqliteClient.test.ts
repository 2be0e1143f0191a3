// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"

const memory = SqliteClient.layer({ filename: ":memory:" })

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-sql-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const makeTable = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`CREATE TABLE t (n INTEGER, s TEXT) STRICT`
)
const count = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly count: number }>`SELECT count(*) AS count FROM t`
  return row!.count
})

describe("SqliteClient", () => {
  it.effect("integers beyond 2^53 arrive whole, the others as numbers", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* makeTable
      const values = [0, -7, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]
      for (const value of values) yield* sql`INSERT INTO t (n) VALUES (${value})`
      const rows = yield* sql<{ readonly n: unknown }>`SELECT n FROM t ORDER BY rowid`
      assert.deepEqual(
        rows.map(({ n }) => n),
        values
      )
    }).pipe(Effect.provide(memory))
  )

  it.effect("foreign keys, full synchrony and a write-ahead log are on", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "a.db")
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const read = (name: string) =>
          Effect.map(sql.unsafe<Record<string, unknown>>(`PRAGMA ${name}`), ([row]) => row![name])
        assert.strictEqual(yield* read("foreign_keys"), 1)
        assert.strictEqual(yield* read("synchronous"), 2)
        assert.strictEqual(yield* read("journal_mode"), "wal")
      }).pipe(Effect.provide(SqliteClient.layer({ filename: path })))
    })
  )

  it.effect("a statement is prepared once and used again, more of them than are kept", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* makeTable
      for (let round = 0; round < 2; round++)
        for (let index = 0; index < 300; index++) {
          const rows = yield* sql.unsafe<{ readonly x: number }>(`SELECT ${index} + ? AS x`, [
            round
          ])
          assert.strictEqual(rows[0]!.x, index + round)
        }
      for (const n of [1, 2, 3]) yield* sql`INSERT INTO t (n) VALUES (${n})`
      assert.strictEqual(yield* count, 3)
    }).pipe(Effect.provide(memory))
  )

  it.effect(
    "a transaction that fails, dies or is interrupted leaves nothing; the next one works",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* makeTable
        const insert = sql`INSERT INTO t (n) VALUES (1)`
        const failed = yield* Effect.exit(
          sql.withTransaction(Effect.andThen(insert, sql`INSERT INTO nowhere VALUES (1)`))
        )
        assert.isTrue(Exit.isFailure(failed))
        const died = yield* Effect.exit(
          sql.withTransaction(Effect.andThen(insert, Effect.die("x")))
        )
        assert.isTrue(Exit.isFailure(died))
        const inside = yield* Deferred.make<void>()
        const fiber = yield* insert.pipe(
          Effect.andThen(Deferred.succeed(inside, undefined)),
          Effect.andThen(Effect.never),
          sql.withTransaction,
          Effect.forkChild
        )
        yield* Deferred.await(inside)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* count, 0)
        const nested = sql.withTransaction(Effect.andThen(insert, Effect.fail("inner")))
        yield* sql.withTransaction(Effect.andThen(Effect.ignore(nested), insert))
        assert.strictEqual(yield* count, 1)
      }).pipe(Effect.provide(memory))
  )

  it.effect("transactions of several fibers do not mix", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* makeTable
      yield* sql`INSERT INTO t (n) VALUES (0)`
      const increment = Effect.gen(function* () {
        const [row] = yield* sql<{ readonly n: number }>`SELECT n FROM t`
        yield* Effect.yieldNow
        yield* sql`UPDATE t SET n = ${row!.n + 1}`
      }).pipe(sql.withTransaction)
      yield* Effect.all(
        Array.from({ length: 20 }, () => increment),
        { concurrency: "unbounded" }
      )
      const [row] = yield* sql<{ readonly n: number }>`SELECT n FROM t`
      assert.strictEqual(row!.n, 20)
    }).pipe(Effect.provide(memory))
  )

  it.effect(
    "errors are typed: a broken statement, an extension that is not there, a bad path",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const client = yield* SqliteClient.SqliteClient
        const broken = yield* Effect.flip(sql`SELEC 1`)
        assert.strictEqual(broken._tag, "SqlError")
        const missing = yield* Effect.flip(client.loadExtension("/nowhere/vec0.so"))
        assert.strictEqual(missing._tag, "SqlError")
        const unwritable = yield* Effect.flip(client.backup("/nowhere/backup.db"))
        assert.strictEqual(unwritable._tag, "SqlError")
        const opened = yield* Effect.flip(
          Effect.void.pipe(
            Effect.provide(SqliteClient.layer({ filename: "/nowhere/a.db" }), { local: true })
          )
        )
        assert.strictEqual(opened._tag, "SqlError")
      }).pipe(Effect.provide(memory))
  )

  it.live("a backup of the open database is whole", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const client = yield* SqliteClient.SqliteClient
        yield* makeTable
        yield* sql`INSERT INTO t (n, s) VALUES (1, 'kept')`
        assert.isAbove(yield* client.backup(join(dir, "copy.db")), 0)
      }).pipe(Effect.provide(SqliteClient.layer({ filename: join(dir, "a.db") })))
      const copy = new DatabaseSync(join(dir, "copy.db"))
      assert.deepEqual({ ...copy.prepare("SELECT n, s FROM t").get() }, { n: 1, s: "kept" })
      copy.close()
    })
  )

  it.effect("the log is folded in a second after the last write, not while writes go on", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "a.db")
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const walSize = () => (existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0)
        const pass = (millis: number) =>
          Effect.repeat(Effect.yieldNow, { times: 20 }).pipe(
            Effect.andThen(TestClock.adjust(millis)),
            Effect.andThen(Effect.repeat(Effect.yieldNow, { times: 20 }))
          )
        yield* makeTable
        for (let index = 0; index < 5; index++) {
          yield* pass(600)
          assert.isAbove(walSize(), 0, "busy")
          yield* sql`INSERT INTO t (n) VALUES (${index})`
        }
        yield* pass(900)
        assert.isAbove(walSize(), 0, "not idle for a second yet")
        yield* pass(200)
        assert.strictEqual(walSize(), 0)
        yield* sql`INSERT INTO t (n) VALUES (99)`
        assert.isAbove(walSize(), 0)
        yield* pass(1100)
        assert.strictEqual(walSize(), 0, "again and again")
      }).pipe(Effect.provide(SqliteClient.layer({ filename: path })))
    })
  )
})
