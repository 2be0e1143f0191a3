// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a person says which model answers: a word before one message, or a pin for the conversation. */
import type { Part } from "../Message.ts"
import { type Models, type Tier, tiers } from "./Tier.ts"

const prefix = /^\s*!(simple|standard|complex|haiku|sonnet|opus)\s+(?=\S)/i

const isTier = (word: string): word is Tier => tiers.some((tier) => tier === word)

/** A tier by its name, or by the family of the model that it stands for. */
export const tierNamed = (word: string, models: Models): Tier | undefined =>
  isTier(word) ? word : tiers.find((tier) => models[tier].split("-").includes(word))

const typed = (parts: ReadonlyArray<Part>) =>
  parts.findIndex((part) => part._tag === "Text" && part.trusted && part.origin === "person")

/** What stands before a message: `!opus how do I …`. */
export const prefixOf = (parts: ReadonlyArray<Part>): string | undefined => {
  const part = parts[typed(parts)]
  return part?._tag === "Text" ? prefix.exec(part.text)?.[1]?.toLowerCase() : undefined
}

/** The message as the model and the transcript see it. */
export const withoutPrefix = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> => {
  const at = typed(parts)
  return parts.map((part, index) =>
    index === at && part._tag === "Text" ? { ...part, text: part.text.replace(prefix, "") } : part
  )
}
