// SPDX-License-Identifier: MIT OR Apache-2.0
/** The database while no daemon runs: read as it lies there, or opened for one decision. */
import * as Context from "effect/Context"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { pathToFileURL } from "node:url"
import type { SettingsData } from "../domain/Settings.ts"
import { Budget } from "../services/Budget.ts"
import { Reports } from "../services/Reports.ts"
import { When } from "../services/schedule/When.ts"
import { Schedules } from "../services/Schedules.ts"
import { Settings } from "../services/Settings.ts"
import { Usage } from "../services/Usage.ts"
import * as ChronoDatePhrases from "./ChronoDatePhrases.ts"
import * as Database from "./sqlite/Database.ts"
import { DatabaseUnusable } from "./sqlite/DatabaseUnusable.ts"
import * as Migrations from "./sqlite/Migrations.ts"
import * as SqliteClient from "./sqlite/SqliteClient.ts"

/** False before the first start, when there is nothing to tell of. */
export const hasDatabase = ({ storage }: SettingsData) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(storage.path))

/** SQLite opens any file, and looks at it when it is first asked. */
const probe = (opened: Context.Context<SqlClient.SqlClient>) => {
  const sql = Context.get(opened, SqlClient.SqlClient)
  return sql`SELECT id FROM sessions LIMIT 1`
}

/**
 * Reading a database in WAL mode leaves files beside it. Without a write-ahead log all there is to
 * read stands in the file itself, which is then opened as what it is: unchanging.
 */
const client = ({ storage: { path } }: SettingsData) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const filename = (yield* fs.exists(`${path}-wal`))
        ? path
        : `${pathToFileURL(path).href}?immutable=1`
      return Layer.tap(SqliteClient.layer({ filename, readonly: true }), probe)
    })
  ).pipe(
    Layer.catch((cause) =>
      Layer.effectContext(
        Effect.fail(
          new DatabaseUnusable({
            detail: `The database ${path} cannot be read. Is it a Blufio database, and yours to read?`,
            cause
          })
        )
      )
    )
  )

/** What can be told without a daemon. */
export const layerReadOnly = (settings: SettingsData) =>
  Layer.mergeAll(Reports.layer, Usage.layer).pipe(
    Layer.provideMerge(Budget.layer),
    Layer.provideMerge(Database.repositories),
    Layer.provideMerge(client(settings)),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Layer.succeed(Settings, settings))
  )

/** The same before the first start: a database in which nothing has happened. */
export const layerEmpty = (settings: SettingsData) =>
  Usage.layer.pipe(
    Layer.provide(Budget.layer),
    Layer.provide(Database.repositories),
    Layer.provide(Migrations.layer),
    Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Layer.succeed(Settings, settings))
  )

const schedules = Schedules.layer.pipe(
  Layer.provide(When.layer),
  Layer.provide(ChronoDatePhrases.layer)
)

export const layerSchedulesReadOnly = (settings: SettingsData) =>
  schedules.pipe(
    Layer.provide(Database.repositories),
    Layer.provide(client(settings)),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Layer.succeed(Settings, settings))
  )

/** For what is put down or taken back while no daemon runs. */
export const layerSchedules = (settings: SettingsData) =>
  schedules.pipe(
    Layer.provide(layerWritable(settings)),
    Layer.provide(Layer.succeed(Settings, settings))
  )

/** For a decision that cannot wait for a daemon; migrates the database first. */
export const layerWritable = (settings: SettingsData) =>
  Database.unlocked.pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Layer.succeed(Settings, settings))
  )
