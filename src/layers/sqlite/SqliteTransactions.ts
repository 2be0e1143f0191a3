// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError } from "effect/sql/SqlError"
import { StoreError, Transactions } from "../../services/Store.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return Transactions.of({
    atomically: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.mapError(sql.withTransaction(effect), (error): E | StoreError =>
        isSqlError(error) ? new StoreError({ operation: "transaction", cause: error }) : error
      )
  })
})

export const layer = Layer.effect(Transactions, make)
