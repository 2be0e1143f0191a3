// SPDX-License-Identifier: MIT OR Apache-2.0
/** The zones of a prompt with their tokens: what a step keeps, and what `/context` shows. */
import * as Schema from "effect/Schema"
import type { Zone } from "../../domain/context/StepContext.ts"
import { hiddenNote, refusedNote } from "../../domain/files/words.ts"
import type { TurnId } from "../../domain/Ids.ts"
import type { Part } from "../../domain/Message.ts"
import { imageTokens, pageTokens, textEstimate } from "../../domain/promptEstimate.ts"
import type { Entry } from "../../domain/Turn.ts"

/** Of English text; other texts have fewer tokens a byte. */
const perByte = 0.335

const encodeJson = Schema.encodeSync(Schema.fromJsonString(Schema.Json))

const partEstimate = (part: Part): number => {
  switch (part._tag) {
    case "Text":
    case "Reasoning":
      return textEstimate(part.text)
    case "Attachment":
      return textEstimate(hiddenNote(part))
    case "File":
      if (part.problem !== undefined) return textEstimate(refusedNote(part))
      if (part.mediaType.startsWith("image/")) return imageTokens
      return part.mediaType.startsWith("text/")
        ? part.size * perByte
        : (part.pages ?? 1) * pageTokens
    case "ToolCall":
      return textEstimate(part.name + encodeJson(part.params))
    case "ToolResult":
      return textEstimate(part.text)
  }
}

/** About how many tokens a message's parts have, with its framing. */
export const partsEstimate = (parts: ReadonlyArray<Part>): number =>
  parts.reduce((sum, part) => sum + partEstimate(part) + 1, 2)

/** They add up to the whole: history is what the others leave. */
export const zonesOf = (made: {
  readonly factor: number
  readonly total: number
  readonly static: number
  readonly tools: number
  readonly summaries: number
  readonly entries: ReadonlyArray<Entry>
  readonly turn: TurnId | undefined
}): ReadonlyArray<Zone> => {
  const tokens = (estimate: number) => Math.round(estimate * made.factor)
  const now = made.entries.filter(({ turn }) => turn === made.turn)
  const users = now.filter(({ role }) => role === "user")
  const of = (parts: ReadonlyArray<Part>) => (parts.length === 0 ? 0 : partsEstimate(parts))
  const zones = [
    { name: "static", tokens: tokens(made.static) },
    { name: "tools", tokens: tokens(made.tools) },
    { name: "condensed", tokens: tokens(made.summaries) },
    {
      name: "conditional",
      tokens: tokens(of(made.entries.flatMap(({ conditional }) => conditional)))
    },
    { name: "message", tokens: tokens(of(users.flatMap(({ parts }) => parts))) },
    {
      name: "tool use",
      tokens: tokens(of(now.filter(({ role }) => role !== "user").flatMap(({ parts }) => parts)))
    }
  ]
  const others = zones.reduce((sum, zone) => sum + zone.tokens, 0)
  return [
    ...zones.slice(0, 3),
    { name: "history", tokens: Math.max(0, made.total - others) },
    ...zones.slice(3)
  ]
}
