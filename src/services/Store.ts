// SPDX-License-Identifier: MIT OR Apache-2.0
/** What every repository shares: its one error, and a transaction that spans several of them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The database refused or broke. `operation` says what was being done. */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  operation: Schema.String,
  /** A row does not decode: trying again is of no use. */
  isUnreadable: Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(false))),
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `the database failed: ${this.operation}`
  }
}

/** Port: all or nothing over several repositories. Nested calls join the outer one. */
export class Transactions extends Context.Service<
  Transactions,
  {
    readonly atomically: <A, E, R>(
      effect: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | StoreError, R>
  }
>()("blufio/services/Store/Transactions") {}

/** Goes on with something else where rows do not decode; a database that is down stays an error. */
export const readable = <A, B, R>(effect: Effect.Effect<A, StoreError, R>, instead: B) =>
  Effect.catchIf(
    effect,
    (error) => error.isUnreadable,
    (error) => Effect.as(Effect.logError(error.message, error), instead)
  )
