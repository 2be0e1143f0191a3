// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { SeenSettings } from "../../services/SeenSettings.ts"
import { rows, run } from "./query.ts"

const Stored = Schema.Struct({ key: Schema.String, digest: Schema.String })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return SeenSettings.of({
    read: Effect.map(
      rows("read the last settings", Stored, sql`SELECT key, digest FROM seen_settings`),
      (found) => new Map(found.map(({ digest, key }) => [key, digest]))
    ),
    replace: (digests) =>
      run(
        "note the settings",
        sql`DELETE FROM seen_settings`.pipe(
          Effect.andThen(
            Effect.forEach(
              digests,
              ([key, digest]) =>
                sql`INSERT INTO seen_settings (key, digest) VALUES (${key}, ${digest})`,
              { discard: true }
            )
          ),
          sql.withTransaction
        )
      )
  })
})

export const layer = Layer.effect(SeenSettings, make)
