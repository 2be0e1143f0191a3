// SPDX-License-Identifier: MIT OR Apache-2.0
/** What all repositories need: the store's one error, and rows that are always decoded. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlError } from "effect/sql/SqlError"
import { StoreError } from "../../services/Store.ts"

const isStoreError = Schema.is(StoreError)

export const storeError =
  (operation: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, StoreError, R> =>
    Effect.mapError(effect, (cause) =>
      Schema.isSchemaError(cause)
        ? new StoreError({ operation, cause, isUnreadable: true })
        : isStoreError(cause)
          ? cause
          : new StoreError({ operation, cause })
    )

type Decode<A> = (rows: unknown) => Effect.Effect<ReadonlyArray<A>, Schema.SchemaError>
const decoders = new WeakMap<Schema.Top, Decode<unknown>>()

/** Made once per schema: making one compiles it. */
const decoderOf = <A, I>(schema: Schema.Codec<A, I>): Decode<A> => {
  const known = decoders.get(schema) as Decode<A> | undefined
  if (known !== undefined) return known
  const made: Decode<A> = Schema.decodeUnknownEffect(Schema.Array(schema))
  decoders.set(schema, made)
  return made
}

/** Runs a statement and decodes its rows. */
export const rows = <A, I>(
  operation: string,
  schema: Schema.Codec<A, I>,
  statement: Effect.Effect<ReadonlyArray<unknown>, SqlError>
): Effect.Effect<ReadonlyArray<A>, StoreError> =>
  statement.pipe(Effect.flatMap(decoderOf(schema)), storeError(operation))

export const run = (operation: string, statement: Effect.Effect<unknown, SqlError>) =>
  statement.pipe(Effect.asVoid, storeError(operation))

/** JSON text for a column. What we made ourselves always encodes: anything else is a bug. */
export const json = <A, I>(schema: Schema.Codec<A, I>) => {
  const encode = Schema.encodeEffect(Schema.fromJsonString(schema))
  return (value: A) => Effect.orDie(encode(value))
}

export const Count = Schema.Struct({ count: Schema.Int })
