// SPDX-License-Identifier: MIT OR Apache-2.0
/** Single parts of a prompt as content blocks of the Messages API. */
import type {
  ContentBlockParam,
  RedactedThinkingBlockParam,
  ThinkingBlockParam,
  ToolResultBlockParam,
  ToolUseBlockParam
} from "@anthropic-ai/sdk/resources/messages"
import type * as Prompt from "effect/ai/Prompt"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { fileBlock, type FileBlock } from "./FileBlocks.ts"

const encodeJson = Schema.encodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

/** The vendor takes letters, digits, `_` and `-` in ids; other providers' ids may have more. */
export const toolUseId = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, "_") || "_"

/** The vendor refuses a text block without a visible character. */
export const textBlocks = (text: string): Array<ContentBlockParam & { type: "text" }> =>
  text.trim() === "" ? [] : [{ type: "text", text }]

export const userBlocks = (part: Prompt.UserMessagePart): ReadonlyArray<ContentBlockParam> =>
  part.type === "text" ? textBlocks(part.text) : [fileBlock(part)]

/** Bytes that must go back unchanged, as they were kept in `options.anthropic`. */
const Kept = Schema.Union([
  Schema.Struct({ model: Schema.String, signature: Schema.String }),
  Schema.Struct({ model: Schema.String, redactedData: Schema.String })
])
const decodeKept = Schema.decodeUnknownOption(Kept)

/** Thinking is bound to the model that thought it: for another one there is nothing to replay. */
export const thinkingBlock = (
  part: Prompt.ReasoningPart,
  model: string
): Option.Option<ThinkingBlockParam | RedactedThinkingBlockParam> =>
  decodeKept(part.options["anthropic"]).pipe(
    Option.filter((kept) => kept.model === model),
    Option.map((kept) =>
      "signature" in kept
        ? { type: "thinking", thinking: part.text, signature: kept.signature }
        : { type: "redacted_thinking", data: kept.redactedData }
    )
  )

const isRecord = (value: unknown): boolean => Predicate.isObject(value) && !Array.isArray(value)

/** Input that was no JSON object (an unfinished call) is wrapped: the vendor takes objects only. */
export const toolUseBlock = (part: Prompt.ToolCallPart): ToolUseBlockParam => ({
  type: "tool_use",
  id: toolUseId(part.id),
  name: part.name,
  input: isRecord(part.params) ? part.params : { unreadable: part.params ?? null }
})

const resultText = (result: unknown): string => {
  const text = Predicate.isString(result)
    ? result
    : Result.getOrElse(encodeJson(result), () => "(not representable)")
  return text.trim() === "" ? "(no output)" : text
}

const resultContent = (part: Prompt.ToolResultPart): string | Array<FileBlock> => {
  const blocks = (part.modelOutput ?? []).flatMap((output): ReadonlyArray<FileBlock> =>
    output.type === "text" ? textBlocks(output.text) : [fileBlock(output)]
  )
  return blocks.length > 0 ? blocks : resultText(part.result)
}

export const toolResultBlock = (part: Prompt.ToolResultPart): ToolResultBlockParam => ({
  type: "tool_result",
  tool_use_id: toolUseId(part.id),
  content: resultContent(part),
  ...(part.isFailure ? { is_error: true } : undefined)
})

/** Answers a call whose result the history does not have, so that the history stays acceptable. */
export const missingResult = (id: string): ToolResultBlockParam => ({
  type: "tool_result",
  tool_use_id: id,
  content: "(no result: the call was interrupted)",
  is_error: true
})
