// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs one command to its end, and reads what it printed. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { command, type Home, type RunOptions } from "../support/Blufio.ts"

export const blufio = (
  home: Home,
  args: ReadonlyArray<string>,
  options: Partial<RunOptions> = {}
) =>
  Effect.map(command({ home, args, ...options }), ({ code, stderr, stdout }) => ({
    exit: code,
    stdout,
    stderr
  }))

export const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Json))

export const Replies = Schema.fromJsonString(
  Schema.Struct({ replies: Schema.Array(Schema.Struct({ text: Schema.String })) })
)
