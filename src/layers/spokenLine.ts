// SPDX-License-Identifier: MIT OR Apache-2.0
/** A log entry for a person at a terminal: the time, what happened, and the facts about it. */
import * as Formatter from "effect/Formatter"
import { oneLine } from "../domain/printable.ts"
import type { Entry } from "./logLines.ts"

const spell = (value: unknown): string =>
  typeof value === "string" ? value : Formatter.formatJson(value)

export const spokenLine = ({ annotations, cause, level, message, timestamp }: Entry): string => {
  const words = (Array.isArray(message) ? message : [message]).map(spell)
  const facts = Object.entries(annotations).map(([name, value]) => `${name}=${spell(value)}`)
  const time = timestamp.slice(11, 19)
  const rank = level === "INFO" ? [] : [level.toLowerCase()]
  const line = oneLine([time, ...rank, ...words, ...facts].join(" "))
  return cause === undefined ? line : `${line}\n${cause}`
}
