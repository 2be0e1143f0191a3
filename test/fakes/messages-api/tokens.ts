// SPDX-License-Identifier: MIT OR Apache-2.0
/** Deterministic token counts, never more than the text's bytes. */
import type { Block, CountBody } from "./Body.ts"

const bytesPerToken = 3

export const textTokens = (text: string): number =>
  Math.ceil(Buffer.byteLength(text, "utf8") / bytesPerToken)

/** The part of a text that fits into so many tokens. */
export const cutToTokens = (text: string, tokens: number): string =>
  Buffer.from(text, "utf8")
    .subarray(0, tokens * bytesPerToken)
    .toString("utf8")
    .replace(/\uFFFD+$/, "")

export const jsonTokens = (value: unknown): number => textTokens(JSON.stringify(value))

export const blockTokens = (block: Block): number => {
  switch (block.type) {
    case "text":
      return textTokens(block.text)
    case "image":
      return 1500
    case "document":
      return (
        textTokens(block.title ?? "") +
        (block.source.type === "text" ? textTokens(block.source.data) : 3000)
      )
    case "tool_use":
      return textTokens(block.name) + jsonTokens(block.input)
    case "tool_result":
      return typeof block.content === "string"
        ? textTokens(block.content)
        : (block.content ?? []).reduce((sum, inner) => sum + blockTokens(inner), 0)
    case "thinking":
      return textTokens(block.thinking)
    case "redacted_thinking":
      return textTokens(block.data)
  }
}

type ToolDefinition = NonNullable<CountBody["tools"]>[number]

export const toolTokens = (tool: ToolDefinition): number =>
  textTokens(tool.name) + textTokens(tool.description ?? "") + jsonTokens(tool.input_schema)
