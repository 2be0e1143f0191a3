// SPDX-License-Identifier: MIT OR Apache-2.0
/** Optional fields of a message: an odd one is left out, so that the others are heard. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const lenient = <S extends Schema.Top>(schema: S) =>
  Schema.optionalKey(Schema.catchDecoding<S>(() => Effect.succeedNone)(schema))
