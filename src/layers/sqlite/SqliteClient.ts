// SPDX-License-Identifier: MIT OR Apache-2.0
/** `SqlClient` over `node:sqlite`: one connection, one writer, serialised by a semaphore. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type * as SqlConnection from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import * as NodeSqlite from "node:sqlite"

/** What SQLite can do beyond SQL; named as in the official package, so that it can be swapped in. */
export class SqliteClient extends Context.Service<
  SqliteClient,
  {
    /** Copies the open database into `destination`, page by page, while it is in use. */
    readonly backup: (destination: string) => Effect.Effect<number, SqlError>
    readonly loadExtension: (path: string) => Effect.Effect<void, SqlError>
    /** Folds the write-ahead log into the file and empties it. */
    readonly checkpoint: Effect.Effect<void, SqlError>
  }
>()("blufio/layers/sqlite/SqliteClient") {}

export interface Options {
  readonly filename: string
  readonly readonly?: boolean
}

/** A write-ahead log is folded in when nothing was written for this long (contract 4). */
const idleMillis = 1000
const statementCacheSize = 256
/** The driver waits for another program's lock with the whole process: never for long. */
const busyMillis = 200

const failure = (operation: string) => (cause: unknown) =>
  new SqlError({
    reason: classifySqliteError(cause, { message: `sqlite ${operation}`, operation })
  })

const attempt = <A>(operation: string, run: () => A) =>
  Effect.try({ try: run, catch: failure(operation) })

const open = ({ filename, readonly = false }: Options) => {
  const db = new NodeSqlite.DatabaseSync(filename, {
    timeout: busyMillis,
    readOnly: readonly,
    allowExtension: true
  })
  db.exec("PRAGMA foreign_keys = ON")
  if (!readonly) db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  return db
}

/** Integers arrive as BigInt, so that none beyond 2^53 throws; those that fit become numbers. */
const narrow = (row: Record<string, unknown>): Record<string, unknown> => {
  for (const key in row) {
    const value = row[key]
    if (typeof value !== "bigint") continue
    const number = Number(value)
    if (Number.isSafeInteger(number)) row[key] = number
  }
  return row
}

/** Prepared statements by their text; the one used longest ago makes room. */
const statementCache = (db: NodeSqlite.DatabaseSync) => {
  const cache = new Map<string, NodeSqlite.StatementSync>()
  return (sql: string) => {
    let statement = cache.get(sql)
    if (statement === undefined) {
      statement = db.prepare(sql)
      statement.setReadBigInts(true)
      const oldest = cache.size >= statementCacheSize ? cache.keys().next() : undefined
      if (oldest?.done === false) cache.delete(oldest.value)
    } else {
      cache.delete(sql)
    }
    cache.set(sql, statement)
    return statement
  }
}

const make = Effect.fnUntraced(function* (options: Options) {
  const db = yield* Effect.acquireRelease(
    attempt("open", () => open(options)),
    (db) => Effect.sync(() => db.close())
  )
  const semaphore = yield* Semaphore.make(1)
  const clock = yield* Clock.Clock
  const written = yield* Latch.make()
  const prepare = statementCache(db)
  let lastWrite = 0

  type Params = ReadonlyArray<NodeSqlite.SQLInputValue>
  const rows = (sql: string, params: ReadonlyArray<unknown>) =>
    attempt("execute", () => {
      const all = prepare(sql).all(...(params as Params)) as ReadonlyArray<SqlConnection.Row>
      if (/^\s*(?:INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b/i.test(sql)) {
        lastWrite = clock.currentTimeMillisUnsafe()
        written.openUnsafe()
      }
      return all.map(narrow)
    })
  const values = (sql: string, params: ReadonlyArray<unknown>) =>
    Effect.map(rows(sql, params), (all) => all.map((row) => Object.values(row)))
  const transformed: SqlConnection.Connection["execute"] = (sql, params, transformRows) =>
    Effect.map(rows(sql, params), (all) => transformRows?.(all) ?? all)
  const connection: SqlConnection.Connection = {
    execute: transformed,
    executeUnprepared: transformed,
    executeRaw: rows,
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: () => Stream.die("node:sqlite does not stream")
  }

  const sql = yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(connection),
      semaphore,
      isTransaction: () => db.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(),
    driver: "node:sqlite",
    beginTransaction: "BEGIN IMMEDIATE",
    spanAttributes: [["db.system.name", "sqlite"]]
  })

  const checkpoint = semaphore.withPermit(
    attempt("checkpoint", () => db.exec("PRAGMA wal_checkpoint(TRUNCATE)"))
  )
  const idleFor = Effect.map(Clock.currentTimeMillis, (now) => now - lastWrite)
  const untilIdle: Effect.Effect<void> = Effect.flatMap(idleFor, (idle) =>
    idle >= idleMillis
      ? Effect.void
      : Effect.andThen(
          Effect.sleep(idleMillis - idle),
          Effect.suspend(() => untilIdle)
        )
  )
  const foldWhenIdle = Effect.gen(function* () {
    yield* written.await
    yield* untilIdle
    yield* written.close
    yield* checkpoint
  }).pipe(
    Effect.catchCause((cause) => Effect.logError("could not fold the write-ahead log", cause)),
    Effect.forever
  )
  if (options.readonly !== true) yield* Effect.forkScoped(foldWhenIdle)

  const extras = SqliteClient.of({
    backup: (destination) =>
      Effect.tryPromise({
        try: () => NodeSqlite.backup(db, destination),
        catch: failure("backup")
      }),
    loadExtension: (path) => attempt("loadExtension", () => db.loadExtension(path)),
    checkpoint
  })
  return Context.make(SqlClient.SqlClient, sql).pipe(Context.add(SqliteClient, extras))
})

export const layer = (options: Options) =>
  Layer.effectContext(make(options)).pipe(Layer.provide(Reactivity.layer))
