// SPDX-License-Identifier: MIT OR Apache-2.0
/** Gathers a model's streamed parts into what the transcript keeps and the ledger bills. */
import type * as Response from "effect/ai/Response"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type { Part } from "../domain/Message.ts"
import type { TokenUsage } from "../domain/prices.ts"
import { usageOf } from "./provider/FinishUsage.ts"

export interface ModelAnswer {
  readonly model: string
  readonly parts: ReadonlyArray<Part>
  readonly finish: Response.FinishReason
  /** `None` when the vendor did not tell it. */
  readonly usage: Option.Option<TokenUsage>
}

/** A piece of the answer as it arrives. */
export type ModelDelta =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Thinking"; readonly text: string }

const byModel = { origin: "model", trusted: true } as const
const decodeJson = Schema.decodeUnknownOption(Schema.Json)

/** No tool wants more; what is nested without end would overflow whoever walks through it. */
const maxDepth = 64

const isShallow = (value: unknown): boolean => {
  let level: ReadonlyArray<unknown> = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return false
    level = level.flatMap((one) => (Predicate.isObjectOrArray(one) ? Object.values(one) : []))
  }
  return true
}

const isBlank = (part: Part) => part._tag === "Text" && part.text.trim() === ""

/** One per attempt; `push` answers with what is worth showing at once. */
export const accumulator = (model: string) => {
  const blocks: Array<Part> = []
  const open = new Map<string, { text: string; readonly index: number }>()
  let finish: Pick<ModelAnswer, "finish" | "usage"> | undefined

  const start = (key: string, part: Part) => {
    open.set(key, { text: "", index: blocks.length })
    blocks.push(part)
  }
  const append = (key: string, delta: string) => {
    const block = open.get(key)
    if (block !== undefined) block.text += delta
  }

  const push = (part: Response.StreamPart<{}> | Response.AnyPart): ModelDelta | undefined => {
    switch (part.type) {
      case "text-start":
        start(`text:${part.id}`, { _tag: "Text", ...byModel, text: "" })
        return undefined
      case "text-delta":
        append(`text:${part.id}`, part.delta)
        return { _tag: "Text", text: part.delta }
      case "text-end": {
        const block = open.get(`text:${part.id}`)
        if (block !== undefined)
          blocks[block.index] = { _tag: "Text", ...byModel, text: block.text }
        return undefined
      }
      case "reasoning-start":
        start(`reasoning:${part.id}`, {
          _tag: "Reasoning",
          ...byModel,
          text: "",
          providerData: {}
        })
        return undefined
      case "reasoning-delta":
        append(`reasoning:${part.id}`, part.delta)
        return { _tag: "Thinking", text: part.delta }
      case "reasoning-end": {
        const block = open.get(`reasoning:${part.id}`)
        if (block !== undefined)
          blocks[block.index] = {
            _tag: "Reasoning",
            ...byModel,
            text: block.text,
            providerData: part.metadata
          }
        return undefined
      }
      case "tool-call":
        blocks.push({
          _tag: "ToolCall",
          ...byModel,
          id: part.id || `call_${blocks.length}`,
          name: part.name || "(nameless)",
          params: isShallow(part.params) ? Option.getOrNull(decodeJson(part.params)) : null
        })
        return undefined
      case "finish":
        finish = { finish: part.reason, usage: usageOf(part) }
        return undefined
      default:
        return undefined
    }
  }

  /** `None` while the model has not said that it is finished. */
  const answer = (): Option.Option<ModelAnswer> =>
    finish === undefined
      ? Option.none()
      : Option.some({
          model,
          parts: blocks.filter(Predicate.not(isBlank)),
          ...finish
        })

  return { push, answer }
}
