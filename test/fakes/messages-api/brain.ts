// SPDX-License-Identifier: MIT OR Apache-2.0
/** How the fake answers when no reply is queued: it echoes, and calls tools when told to. */
import { type Block, blocksOf, type MessagesBody } from "./Body.ts"
import { type Reply, text } from "./Reply.ts"

const lastUserText = (body: MessagesBody): string =>
  body.messages
    .filter((message) => message.role === "user")
    .flatMap(blocksOf)
    .findLast((block) => block.type === "text")?.text ?? ""

const resultText = (block: Extract<Block, { type: "tool_result" }>): string =>
  typeof block.content === "string"
    ? block.content
    : (block.content ?? [])
        .flatMap((inner) => (inner.type === "text" ? [inner.text] : []))
        .join("\n")

/**
 * `reply to: <last text>`. When that text has `use:NAME {json}`, the tool is called first and the
 * reply tells its result: `reply to: <last text> [NAME: <result>]`.
 */
export const echo = (body: MessagesBody): Reply => {
  const said = lastUserText(body)
  const wanted = /use:([a-zA-Z0-9_-]+)\s*(\{.*\})?/s.exec(said)
  const results = blocksOf(body.messages.at(-1)!).filter((block) => block.type === "tool_result")
  if (wanted !== null && results.length === 0) {
    return { blocks: [{ type: "tool_use", name: wanted[1]!, json: wanted[2] ?? "{}" }] }
  }
  return wanted === null
    ? text(`reply to: ${said}`)
    : text(`reply to: ${said} [${wanted[1]}: ${results.map(resultText).join(", ")}]`)
}
