// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { FileStore } from "../../services/FileStore.ts"
import { Count, rows, run } from "./query.ts"

const Row = Schema.Struct({ sha256: Schema.String, bytes: Schema.Uint8Array })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return FileStore.of({
    put: (sha256, bytes) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        run(
          "keep a file",
          sql`INSERT INTO files (sha256, bytes, created_at) VALUES (${sha256}, ${bytes}, ${now})
            ON CONFLICT (sha256) DO NOTHING`
        )
      ),
    read: (hashes) =>
      hashes.length === 0
        ? Effect.succeed(new Map())
        : rows(
            "read files",
            Row,
            sql`SELECT sha256, bytes FROM files WHERE ${sql.in("sha256", [...new Set(hashes)])}`
          ).pipe(Effect.map((found) => new Map(found.map(({ bytes, sha256 }) => [sha256, bytes])))),
    noteReceived: (session, path) =>
      run(
        "note where a file came",
        sql`INSERT INTO received_files (path, session) VALUES (${path}, ${session})
          ON CONFLICT DO NOTHING`
      ),
    cameIn: ({ channel, chat }, path) =>
      rows(
        "find where a file came",
        Count,
        sql`SELECT count(*) AS count FROM received_files f JOIN sessions s ON s.id = f.session
          WHERE f.path = ${path} AND s.channel = ${channel} AND s.chat = ${chat}`
      ).pipe(Effect.map((found) => found[0]!.count > 0))
  })
})

export const layer = Layer.effect(FileStore, make)
