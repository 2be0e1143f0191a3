// SPDX-License-Identifier: MIT OR Apache-2.0
/** A number of tokens that a prompt never exceeds: what is reserved for it (invariant 4). */
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** What the vendor adds around the messages: its own instructions for tool use and the framing. */
const requestOverhead = 1000
/** Per message and per part: role marks and block framing. */
const framing = 16
/** No image costs more: the largest that is not scaled down, on the newest models. */
const imageTokens = 5000
/** A document may hold as much text as the model's window does, whatever its size in bytes. */
const documentTokens = 1_000_000

const encodeJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

/** The length of a text in UTF-8 bytes: no tokenizer makes more tokens than that. */
export const utf8Length = (text: string): number => {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) {
      bytes += 4
      index++
    } else {
      // Half a pair travels as the replacement character, which is three bytes.
      bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
    }
  }
  return bytes
}

const valueBytes = (value: unknown): number =>
  utf8Length(Predicate.isString(value) ? value : encodeJson(value))

const partBound = (part: Prompt.Part): number => {
  const options = valueBytes(part.options)
  switch (part.type) {
    case "text":
    case "reasoning":
      return utf8Length(part.text) + options
    case "file":
      if (part.mediaType.startsWith("image/")) return imageTokens
      if (part.mediaType.startsWith("text/") && Predicate.isString(part.data))
        return utf8Length(part.data) + utf8Length(part.fileName ?? "")
      return documentTokens
    case "tool-call":
      return utf8Length(part.id + part.name) + valueBytes(part.params)
    case "tool-result":
      return utf8Length(part.id + part.name) + valueBytes(part.result)
    default:
      return valueBytes(part)
  }
}

const toolBound = (tool: Tool.Any): number =>
  framing +
  utf8Length(tool.name + (Tool.getDescription(tool) ?? "")) +
  valueBytes(Tool.getJsonSchema(tool))

export const promptBound = (prompt: Prompt.Prompt, tools: ReadonlyArray<Tool.Any>): number => {
  let bound = requestOverhead
  for (const tool of tools) bound += toolBound(tool)
  for (const message of prompt.content) {
    bound += framing
    if (Predicate.isString(message.content)) bound += utf8Length(message.content)
    else for (const part of message.content) bound += framing + partBound(part)
  }
  return bound
}
