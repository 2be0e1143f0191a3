// SPDX-License-Identifier: MIT OR Apache-2.0
/** What kind of terminal this is, and how asides are set apart on it. */
import * as Effect from "effect/Effect"
import { stdin, stdout } from "node:process"
import { Environment } from "../config/Environment.ts"

/** A person sits at both ends. */
export const isInteractive = Effect.map(
  Environment,
  ({ TERM }) => stdin.isTTY && stdout.isTTY && TERM !== "dumb"
)

/** Each line by itself, so that a line can be put anywhere. */
const dimLines = (text: string) => text.replaceAll(/[^\n]+/g, "\u001B[2m$&\u001B[22m")

/** Asides in a fainter colour, where there are colours (https://no-color.org). */
export const dim = Effect.map(Environment, ({ NO_COLOR = "" }) =>
  stdout.isTTY && NO_COLOR === "" ? dimLines : (text: string) => text
)
