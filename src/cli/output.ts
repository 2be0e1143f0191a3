// SPDX-License-Identifier: MIT OR Apache-2.0
/** Prints what a command found: for people, or with `--json` as one document. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { printable } from "../domain/printable.ts"
import { Json } from "./globals.ts"

const toJson = Schema.encodeEffect(Schema.fromJsonString(Schema.Json))

/** One JSON document on stdout. */
export const printJson = Effect.fnUntraced(function* (value: Schema.Json) {
  yield* Console.log(yield* toJson(value))
}, Effect.orDie)

/** Prints `json` when that is asked for, `text` otherwise, fit for a terminal. An empty text prints nothing. */
export const print = Effect.fnUntraced(function* (text: string, json: Schema.Json) {
  if (yield* Json) return yield* printJson(json)
  if (text !== "") yield* Console.log(printable(text))
})
