// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * About how many tokens a prompt has: for showing and for compaction, never for money. What a model
 * counts differently is learnt as a factor on it.
 */
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** Tokens for one character, by the length of its UTF-8 form. */
const ascii = 0.335
const twoBytes = 0.67
const threeBytes = 1.0
const fourBytes = 1.34

const perMessage = 2
const perPart = 1
export const imageTokens = 1500
/** Its text, and the picture of it that the vendor makes. */
export const pageTokens = 2000

const encodeJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

/** What `assemble` says of a document. */
const decodePages = Schema.decodeUnknownOption(Schema.Struct({ pages: Schema.Int }))

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff

export const textEstimate = (text: string): number => {
  let tokens = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) tokens += ascii
    else if (unit < 0x800) tokens += twoBytes
    else if (isHigh(unit)) {
      tokens += fourBytes
      index++
    } else tokens += threeBytes
  }
  return tokens
}

/** As much of a text's beginning as has about so many tokens. Never splits a character. */
export const clip = (text: string, tokens: number): string => {
  let left = tokens
  let index = 0
  for (const character of text) {
    left -= textEstimate(character)
    if (left < 0) return text.slice(0, index)
    index += character.length
  }
  return text
}

const valueEstimate = (value: unknown): number =>
  textEstimate(Predicate.isString(value) ? value : encodeJson(value))

const partEstimate = (part: Prompt.Part): number => {
  switch (part.type) {
    case "text":
    case "reasoning":
      return textEstimate(part.text)
    case "file":
      if (part.mediaType.startsWith("image/")) return imageTokens
      if (part.mediaType.startsWith("text/") && Predicate.isString(part.data))
        return textEstimate(part.data) * 0.75
      return Option.match(decodePages(part.options["blufio"]), {
        onNone: () => pageTokens,
        onSome: ({ pages }) => pages * pageTokens
      })
    case "tool-call":
      return textEstimate(part.name) + valueEstimate(part.params)
    case "tool-result":
      return valueEstimate(part.result)
    default:
      return valueEstimate(part)
  }
}

const messageEstimate = ({ content }: Prompt.Message): number =>
  Predicate.isString(content)
    ? perMessage + textEstimate(content)
    : content.reduce((sum, part) => sum + perPart + partEstimate(part), perMessage)

export const toolEstimate = (tool: Tool.Any): number =>
  perPart +
  textEstimate(tool.name + (Tool.getDescription(tool) ?? "")) +
  valueEstimate(Tool.getJsonSchema(tool))

export const toolsEstimate = (tools: ReadonlyArray<Tool.Any>): number =>
  tools.reduce((sum, tool) => sum + toolEstimate(tool), 0)

export const promptEstimate = (prompt: Prompt.Prompt, tools: ReadonlyArray<Tool.Any>): number =>
  Math.ceil(
    prompt.content.reduce((sum, message) => sum + messageEstimate(message), toolsEstimate(tools))
  )

/** How a model's counts compare with the estimates: an average in which the newest weigh most. */
export interface TokenFactor {
  readonly factor: number
  readonly samples: number
}

export const unlearnt: TokenFactor = { factor: 1, samples: 0 }

const smallest = 0.4
const largest = 3
const newestWeighs = 0.25

export const learn = (known: TokenFactor, estimated: number, counted: number): TokenFactor => {
  if (estimated <= 0 || counted <= 0) return known
  const seen = Math.min(largest, Math.max(smallest, counted / estimated))
  const weight = Math.max(newestWeighs, 1 / (known.samples + 1))
  return {
    factor: known.factor + weight * (seen - known.factor),
    samples: known.samples + 1
  }
}
