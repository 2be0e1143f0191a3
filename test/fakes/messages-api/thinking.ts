// SPDX-License-Identifier: MIT OR Apache-2.0
/** Thinking comes back as it was issued, to the model and in the conversation that it was issued in. */
import { createHash } from "node:crypto"
import { type Block, blocksOf, type CountBody } from "./Body.ts"
import type { Model } from "./models.ts"

export type Thinking = Extract<Block, { type: "thinking" | "redacted_thinking" }>

/** What the fake answered once: enough to know its thinking again. */
export interface Issued {
  readonly model: string
  readonly conversation: string
  readonly thinking: ReadonlyArray<Thinking>
  readonly toolIds: ReadonlyArray<string>
}

const digest = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16)

/** A conversation is known by how it began. */
export const conversationOf = (body: CountBody): string =>
  digest(
    JSON.stringify(blocksOf(body.messages[0]), (name, value: unknown) =>
      name === "cache_control" ? undefined : value
    )
  )

export const signatureOf = (model: string, conversation: string, ordinal: number): string =>
  `sig-${digest(`${model}/${conversation}/${ordinal}`)}==`

const thinkingOf = (blocks: ReadonlyArray<Block>): ReadonlyArray<Thinking> =>
  blocks.filter((block) => block.type === "thinking" || block.type === "redacted_thinking")

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const answersTools = (blocks: ReadonlyArray<Block>): boolean =>
  blocks.some((block) => block.type === "tool_result")

/** While a tool loop runs, each of its messages carries exactly the thinking it was issued with. */
const loopFault = (
  body: CountBody,
  model: Model,
  issued: ReadonlyArray<Issued>
): string | undefined => {
  for (let index = body.messages.length - 1; index > 0; index -= 2) {
    if (!answersTools(blocksOf(body.messages[index]!))) return undefined
    const blocks = blocksOf(body.messages[index - 1]!)
    const ids = new Set(blocks.map((block) => (block.type === "tool_use" ? block.id : "")))
    const origin = issued.find((one) => one.toolIds.some((id) => ids.has(id)))
    if (origin === undefined) continue
    const expected = origin.model === model.id ? origin.thinking : []
    if (!same(thinkingOf(blocks), expected)) {
      return `messages.${index - 1}: thinking blocks must come back unchanged in a tool loop`
    }
  }
  return undefined
}

export const thinkingFault = (
  body: CountBody,
  model: Model,
  issued: ReadonlyArray<Issued>
): string | undefined => {
  const conversation = conversationOf(body)
  const valid = issued
    .filter((one) => one.model === model.id && (!model.bound || one.conversation === conversation))
    .flatMap((one) => one.thinking)
  for (const [index, message] of body.messages.entries()) {
    const blocks = blocksOf(message)
    for (const block of thinkingOf(blocks)) {
      if (!valid.some((one) => same(one, block))) {
        return `messages.${index}: Invalid \`signature\` in \`thinking\` block`
      }
    }
    const last = blocks.at(-1)?.type
    if (last === "thinking" || last === "redacted_thinking") {
      return `messages.${index}: the final block of an assistant message cannot be thinking`
    }
  }
  return loopFault(body, model, issued)
}
