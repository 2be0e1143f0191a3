// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a model step's prompt was made of, as it is kept with the step. */
import * as Schema from "effect/Schema"

/** Something that was meant for the prompt and is not in it. */
export const Dropped = Schema.Struct({
  what: Schema.String,
  why: Schema.String,
  tokens: Schema.Int
})
export type Dropped = typeof Dropped.Type

export const Zone = Schema.Struct({ name: Schema.String, tokens: Schema.Int })
export type Zone = typeof Zone.Type

/** Steps of tools, and those from before this was kept, have nothing here. */
export const StepContext = Schema.Struct({
  zones: Schema.optionalKey(Schema.Array(Zone)),
  dropped: Schema.optionalKey(Schema.Array(Dropped)),
  /** About how many tokens the prompt has, and how many it has at most. */
  estimate: Schema.optionalKey(Schema.Int),
  bound: Schema.optionalKey(Schema.Int)
})
export type StepContext = typeof StepContext.Type
