// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every migration, imported statically and append-only; refuses a file that is newer than we are. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlSchema from "effect/sql/SqlSchema"
import { DatabaseUnusable } from "./DatabaseUnusable.ts"
import migration0001 from "./migrations/0001_spine.ts"
import migration0002 from "./migrations/0002_trust.ts"
import migration0003 from "./migrations/0003_money.ts"
import migration0004 from "./migrations/0004_context.ts"
import migration0005 from "./migrations/0005_budget_warnings.ts"
import migration0006 from "./migrations/0006_schedules.ts"
import migration0007 from "./migrations/0007_joined_messages.ts"
import migration0008 from "./migrations/0008_questions.ts"
import migration0009 from "./migrations/0009_files.ts"
import migration0010 from "./migrations/0010_received_files.ts"

const migrations = {
  "0001_spine": migration0001,
  "0002_trust": migration0002,
  "0003_money": migration0003,
  "0004_context": migration0004,
  "0005_budget_warnings": migration0005,
  "0006_schedules": migration0006,
  "0007_joined_messages": migration0007,
  "0008_questions": migration0008,
  "0009_files": migration0009,
  "0010_received_files": migration0010
}
const newest = Math.max(...Object.keys(migrations).map((name) => Number.parseInt(name, 10)))

export class DatabaseTooNew extends Schema.TaggedError<DatabaseTooNew>()("DatabaseTooNew", {
  found: Schema.Int,
  known: Schema.Int
}) {
  override get message(): string {
    return (
      `This database was written by a newer Blufio (schema ${this.found}, this program knows ` +
      `${this.known}): use that version, or restore a backup that is as old as this one.`
    )
  }
}

const latest = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql`SELECT name FROM sqlite_master WHERE name = 'effect_sql_migrations'`
  if (tables.length === 0) return 0
  const query = SqlSchema.findOne({
    Request: Schema.Void,
    Result: Schema.Struct({ latest: Schema.NullOr(Schema.Int) }),
    execute: () => sql`SELECT max(migration_id) AS latest FROM effect_sql_migrations`
  })
  return (yield* query(undefined)).latest ?? 0
})

const run = Effect.gen(function* () {
  const found = yield* latest
  if (found > newest) return yield* new DatabaseTooNew({ found, known: newest })
  yield* Migrator.make({})({ loader: Migrator.fromRecord(migrations) })
}).pipe(
  Effect.catchTag(["SqlError", "MigrationError", "SchemaError", "NoSuchElementError"], (cause) =>
    Effect.fail(
      new DatabaseUnusable({
        detail:
          "The database file cannot be used: it is damaged, not a Blufio database, or not writable. " +
          "Restore a backup, or choose another storage.path.",
        cause
      })
    )
  )
)

export const layer = Layer.effectDiscard(run)
