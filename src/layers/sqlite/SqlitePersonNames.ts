// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { PersonNames } from "../../services/PersonNames.ts"
import { rows, run } from "./query.ts"

const Named = Schema.Struct({ name: Schema.NonEmptyString })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return PersonNames.of({
    note: (person, name) =>
      run(
        "note a name",
        sql`INSERT INTO person_names (person, name) VALUES (${person}, ${name})
          ON CONFLICT (person) DO UPDATE SET name = excluded.name WHERE name <> excluded.name`
      ),
    of: (person) =>
      rows(
        "find a name",
        Named,
        sql`SELECT name FROM (
            SELECT name, 0 AS rank FROM person_names WHERE person = ${person}
            UNION ALL SELECT name, 1 FROM people WHERE id = ${person})
          WHERE name <> '' ORDER BY rank LIMIT 1`
      ).pipe(Effect.map((found) => found[0]?.name ?? person))
  })
})

export const layer = Layer.effect(PersonNames, make)
