// SPDX-License-Identifier: MIT OR Apache-2.0
/** A reply as the vendor would send it: the whole message, and the events of its stream. */
import type { TokenUsage } from "../../../src/domain/prices.ts"
import type { MessagesBody } from "./Body.ts"
import type { PromptUsage } from "./cache.ts"
import * as Json from "./json.ts"
import type { Reply, ReplyBlock } from "./Reply.ts"
import { conversationOf, type Issued, signatureOf, type Thinking } from "./thinking.ts"
import { cutToTokens, textTokens } from "./tokens.ts"

export interface Event {
  readonly name: string
  readonly data: unknown
}

interface WireBlock {
  readonly block: Readonly<Record<string, unknown>> & { readonly type: string }
  /** What `content_block_start` shows, and the deltas that complete it. */
  readonly opening: Readonly<Record<string, unknown>>
  readonly deltas: ReadonlyArray<Readonly<Record<string, unknown>>>
}

export interface Answer {
  readonly message: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<Event>
  readonly issued: Issued
  readonly billed: TokenUsage
}

const thirds = (text: string): ReadonlyArray<string> => {
  const letters = [...text]
  const size = Math.max(1, Math.ceil(letters.length / 3))
  return [0, 1, 2].flatMap((part) => {
    const piece = letters.slice(part * size, (part + 1) * size).join("")
    return piece === "" ? [] : [piece]
  })
}

const wireBlock = (block: ReplyBlock, id: string, signature: string): WireBlock => {
  switch (block.type) {
    case "text":
      return {
        block,
        opening: { type: "text", text: "" },
        deltas: thirds(block.text).map((text) => ({ type: "text_delta", text }))
      }
    case "thinking":
      return {
        block: { ...block, signature },
        opening: { type: "thinking", thinking: "", signature: "" },
        deltas: [
          ...thirds(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
          { type: "signature_delta", signature }
        ]
      }
    case "redacted_thinking":
      return { block, opening: block, deltas: [] }
    case "tool_use": {
      const opening = { type: "tool_use", id: block.id ?? id, name: block.name, input: {} }
      return {
        block: { ...opening, input: Json.decode(block.json) },
        opening,
        deltas: ["", ...thirds(block.json)].map((partial_json) => ({
          type: "input_json_delta",
          partial_json
        }))
      }
    }
  }
}

const event = (data: { readonly type: string } & Record<string, unknown>): Event => ({
  name: data.type,
  data
})

const unknownBlock = (index: number): ReadonlyArray<Event> => [
  event({ type: "content_block_start", index, content_block: { type: "crystal_ball", hue: 3 } }),
  event({ type: "content_block_delta", index, delta: { type: "hue_delta", hue: 4 } }),
  event({ type: "content_block_stop", index })
]

const blockEvents = (wire: WireBlock, index: number): ReadonlyArray<Event> => [
  event({ type: "content_block_start", index, content_block: wire.opening }),
  ...wire.deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
  event({ type: "content_block_stop", index })
]

const withNoise = (events: ReadonlyArray<Event>): ReadonlyArray<Event> =>
  events.flatMap((one) => [
    event({ type: "ping" }),
    one,
    event({ type: "weather_report", outlook: "fair" })
  ])

const blockText = (block: ReplyBlock): string => {
  switch (block.type) {
    case "text":
      return block.text
    case "thinking":
      return block.thinking
    case "redacted_thinking":
      return block.data
    case "tool_use":
      return block.name + block.json
  }
}

const outputTokens = (blocks: ReadonlyArray<ReplyBlock>): number =>
  blocks.reduce((sum, block) => sum + textTokens(blockText(block)), 0)

/** An answer longer than was allowed is cut, in its last text. */
const fitted = (blocks: ReadonlyArray<ReplyBlock>, maxTokens: number): Array<ReplyBlock> => {
  let left = maxTokens
  return blocks.flatMap((block): ReadonlyArray<ReplyBlock> => {
    const tokens = textTokens(blockText(block))
    const room = left
    left -= tokens
    if (tokens <= room) return [block]
    return room > 0 && block.type === "text"
      ? [{ ...block, text: cutToTokens(block.text, room) }]
      : []
  })
}

export const makeAnswer = (
  reply: Reply,
  body: MessagesBody,
  usage: PromptUsage,
  ordinal: number
): Answer => {
  const conversation = conversationOf(body)
  const blocks = fitted(reply.blocks, body.max_tokens)
  const wires = blocks.map((block, index) =>
    wireBlock(
      block,
      `toolu_${ordinal}_${index}`,
      signatureOf(body.model, conversation, ordinal * 1000 + index)
    )
  )
  const cut = outputTokens(reply.blocks) > body.max_tokens
  const usesTool = blocks.some((block) => block.type === "tool_use")
  const stop = reply.stopReason ?? (cut ? "max_tokens" : usesTool ? "tool_use" : "end_turn")
  const thinkingTokens = outputTokens(blocks.filter((block) => block.type === "thinking"))
  const output = {
    output_tokens: Math.min(body.max_tokens, outputTokens(blocks)),
    output_tokens_details: { thinking_tokens: thinkingTokens }
  }
  const head = {
    id: `msg_${ordinal}`,
    type: "message",
    role: "assistant",
    model: body.model,
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_sequence: null
  }
  const atStart = { ...usage, output_tokens: 1, ...reply.usageAtStart }
  const atEnd = { ...output, ...reply.usageAtEnd }
  const noise = reply.noise === true ? unknownBlock(0) : []
  const shift = reply.noise === true ? 1 : 0
  const events = [
    event({
      type: "message_start",
      message: { ...head, content: [], stop_reason: null, usage: atStart }
    }),
    ...noise,
    ...wires.flatMap((wire, index) => blockEvents(wire, index + shift)),
    event({
      type: "message_delta",
      delta: { stop_reason: stop, stop_sequence: null },
      usage: atEnd
    }),
    event({ type: "message_stop" })
  ]
  return {
    message: {
      ...head,
      content: wires.map((wire) => wire.block),
      stop_reason: stop,
      usage: { ...usage, ...atEnd }
    },
    events: reply.noise === true ? withNoise(events) : events,
    billed: {
      input: usage.input_tokens,
      cacheRead: usage.cache_read_input_tokens,
      cacheWrite: usage.cache_creation.ephemeral_5m_input_tokens,
      cacheWrite1h: usage.cache_creation.ephemeral_1h_input_tokens,
      output: output.output_tokens
    },
    issued: {
      model: body.model,
      conversation,
      thinking: wires.flatMap(({ block }) =>
        block.type === "thinking" || block.type === "redacted_thinking" ? [block as Thinking] : []
      ),
      toolIds: wires.flatMap(({ block }) =>
        block.type === "tool_use" ? [String(block["id"])] : []
      )
    }
  }
}
