// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every tool call is answered exactly once, in the very next user message, before anything else. */
import { blocksOf, type MessagesBody } from "./Body.ts"

const resultFault = (
  open: ReadonlyArray<string>,
  blocks: ReturnType<typeof blocksOf>,
  index: number
): string | undefined => {
  const results = blocks.flatMap((block) =>
    block.type === "tool_result" ? [block.tool_use_id] : []
  )
  const unknown = results.find((id) => !open.includes(id))
  if (unknown !== undefined) {
    return `messages.${index}: tool_result ${unknown} has no tool_use in the message before`
  }
  const missing = open.find((id) => !results.includes(id))
  if (missing !== undefined) return `messages.${index}: tool_use ${missing} has no tool_result`
  if (new Set(results).size !== results.length) {
    return `messages.${index}: each tool_use must have a single tool_result`
  }
  const firstOther = blocks.findIndex((block) => block.type !== "tool_result")
  return firstOther !== -1 && blocks.slice(firstOther).some((block) => block.type === "tool_result")
    ? `messages.${index}: tool_result blocks must come first`
    : undefined
}

export const toolFault = (body: MessagesBody): string | undefined => {
  const seen = new Set<string>()
  let open: ReadonlyArray<string> = []
  for (const [index, message] of body.messages.entries()) {
    const blocks = blocksOf(message)
    const fault = resultFault(open, blocks, index)
    if (fault !== undefined) return fault
    open = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []))
    for (const id of open) {
      if (seen.has(id)) return `messages.${index}: tool_use ids must be unique: ${id}`
      seen.add(id)
    }
  }
  return undefined
}
