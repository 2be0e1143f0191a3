// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a model costs, as `provider.prices` states it: dollars per million tokens. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { Count, Dollars } from "./fields.ts"

const written = {
  input: Dollars,
  output: Dollars,
  cache_read: Schema.optionalKey(Dollars),
  cache_write: Schema.optionalKey(Dollars),
  cache_write_1h: Schema.optionalKey(Dollars)
}

const complete = {
  input: Dollars,
  output: Dollars,
  cache_read: Dollars,
  cache_write: Dollars,
  cache_write_1h: Dollars
}

/**
 * What is left out is never assumed cheaper than it can be: a cache read costs as much as plain
 * input, a five-minute write 1.25 times and an hour's write twice as much as plain input.
 */
const fill = (row: {
  readonly input: number
  readonly output: number
  readonly cache_read?: number
  readonly cache_write?: number
  readonly cache_write_1h?: number
}) => ({
  input: row.input,
  output: row.output,
  cache_read: row.cache_read ?? row.input,
  cache_write: row.cache_write ?? row.input * 1.25,
  cache_write_1h: row.cache_write_1h ?? row.input * 2
})

/** The prices of requests whose prompt is longer than `tokens`. */
const Above = Schema.Struct({ tokens: Count, ...written }).pipe(
  Schema.decodeTo(
    Schema.Struct({ tokens: Count, ...complete }),
    SchemaTransformation.transform({
      decode: (row) => ({ tokens: row.tokens, ...fill(row) }),
      encode: (row) => row
    })
  )
)

const Written = Schema.Struct({ ...written, above: Schema.optionalKey(Above) })

export const PriceRow = Written.pipe(
  Schema.decodeTo(
    Schema.Struct({ ...complete, above: Schema.optionalKey(Schema.toType(Above)) }),
    SchemaTransformation.transform({
      decode: (row) => ({ ...fill(row), ...Struct.pick(row, ["above"]) }),
      encode: (row) => row
    })
  )
)
export type PriceRow = typeof PriceRow.Type
