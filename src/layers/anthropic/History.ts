// SPDX-License-Identifier: MIT OR Apache-2.0
/** A prompt's history as messages that the vendor accepts: paired tool calls, user first and last. */
import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam
} from "@anthropic-ai/sdk/resources/messages"
import type * as Prompt from "effect/ai/Prompt"
import * as Option from "effect/Option"
import {
  missingResult,
  textBlocks,
  thinkingBlock,
  toolResultBlock,
  toolUseBlock,
  toolUseId,
  userBlocks
} from "./ContentBlocks.ts"
import { fileNote } from "./FileBlocks.ts"

type Draft = { readonly role: "user" | "assistant"; readonly content: Array<ContentBlockParam> }

/** Every result of the history by the id of its call; the first one counts. */
const resultsById = (
  messages: ReadonlyArray<Prompt.Message>
): ReadonlyMap<string, ToolResultBlockParam> => {
  const results = new Map<string, ToolResultBlockParam>()
  for (const message of messages) {
    if (message.role !== "tool" && message.role !== "assistant") continue
    for (const part of message.content) {
      if (part.type !== "tool-result" || part.providerExecuted) continue
      const block = toolResultBlock(part)
      if (!results.has(block.tool_use_id)) results.set(block.tool_use_id, block)
    }
  }
  return results
}

const assistantBlocks = (
  message: Prompt.AssistantMessage,
  model: string,
  called: Set<string>
): Array<ContentBlockParam> =>
  message.content.flatMap((part): ReadonlyArray<ContentBlockParam> => {
    switch (part.type) {
      case "text":
        return textBlocks(part.text)
      case "reasoning":
        return Option.toArray(thinkingBlock(part, model))
      case "file":
        return [fileNote(part)]
      case "tool-call": {
        const id = toolUseId(part.id)
        if (part.providerExecuted || called.has(id)) return []
        called.add(id)
        return [toolUseBlock(part)]
      }
      case "tool-result":
      case "tool-approval-request":
        return []
    }
  })

const isThinking = (block: ContentBlockParam): boolean =>
  block.type === "thinking" || block.type === "redacted_thinking"

/** An answer cut off while it thought: thinking with nothing after it cannot be sent back. */
const withoutTrailingThinking = (
  blocks: ReadonlyArray<ContentBlockParam>
): Array<ContentBlockParam> =>
  blocks.slice(0, blocks.findLastIndex((block) => !isThinking(block)) + 1)

/** Joins neighbours of the same role. */
const merge = (drafts: ReadonlyArray<Draft>): Array<Draft> => {
  const merged: Array<Draft> = []
  for (const draft of drafts) {
    const last = merged.at(-1)
    if (last?.role === draft.role) last.content.push(...draft.content)
    else merged.push({ role: draft.role, content: [...draft.content] })
  }
  return merged
}

const user = (text: string): Draft => ({ role: "user", content: textBlocks(text) })

/** Puts the results of each assistant message's calls at the start of the user message after it. */
const withResults = (
  drafts: ReadonlyArray<Draft>,
  results: ReadonlyMap<string, ToolResultBlockParam>
): ReadonlyArray<Draft> =>
  drafts.flatMap((draft) => {
    const ids = draft.content.flatMap((block) => (block.type === "tool_use" ? [block.id] : []))
    const answers = ids.map((id) => results.get(id) ?? missingResult(id))
    return [draft, { role: "user", content: answers }] satisfies Array<Draft>
  })

const draftOf = (message: Prompt.Message, model: string, called: Set<string>): Draft => {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.content.flatMap(userBlocks) }
    case "assistant":
      return { role: "assistant", content: assistantBlocks(message, model, called) }
    case "tool":
    case "system":
      return { role: "user", content: [] }
  }
}

export const toMessages = (prompt: Prompt.Prompt, model: string): Array<MessageParam> => {
  const called = new Set<string>()
  const drafts = merge(
    prompt.content
      .filter((message) => message.role !== "system")
      .map((message) => draftOf(message, model, called))
  ).map((draft) => ({ role: draft.role, content: withoutTrailingThinking(draft.content) }))
  const messages = merge(
    withResults(drafts, resultsById(prompt.content)).filter((draft) => draft.content.length > 0)
  )
  if (messages[0]?.role !== "user") messages.unshift(user("(the conversation goes on)"))
  if (messages.at(-1)?.role !== "user") messages.push(user("(go on)"))
  return messages
}
