// SPDX-License-Identifier: MIT OR Apache-2.0
/** The events of a streamed answer as response parts of `effect/ai`: a pure step from state to state. */
import type * as Response from "effect/ai/Response"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as UsageTotals from "./UsageTotals.ts"
import type { StartedBlock, Usage, WireEvent } from "./WireEvent.ts"

type OpenBlock =
  | { readonly type: "text" }
  | { readonly type: "thinking"; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | {
      readonly type: "tool_use"
      readonly id: string
      readonly name: string
      readonly input: unknown
      readonly json: string
    }

export interface State {
  /** The model that was asked: thinking is bound to it. */
  readonly model: string
  readonly blocks: ReadonlyMap<number, OpenBlock>
  readonly usage: UsageTotals.Totals
  readonly stopReason: string | undefined
  readonly stopSequence: string | undefined
  readonly refusalCategory: string | undefined
  readonly finished: boolean
}

export const initial = (model: string): State => ({
  model,
  blocks: new Map(),
  usage: UsageTotals.none,
  stopReason: undefined,
  stopSequence: undefined,
  refusalCategory: undefined,
  finished: false
})

type Step = readonly [State, ReadonlyArray<Response.StreamPartEncoded>]

const finishReasons: Readonly<Record<string, Response.FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  pause_turn: "pause",
  refusal: "content-filter"
}

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** Input that is no JSON is handed on as it came, so that the turn can tell the model. */
const toolParams = (block: OpenBlock & { type: "tool_use" }): unknown =>
  block.json.trim() === ""
    ? (block.input ?? {})
    : Option.getOrElse(decodeJson(block.json), () => block.json)

const withBlock = (state: State, index: number, block: OpenBlock): State => ({
  ...state,
  blocks: new Map(state.blocks).set(index, block)
})

const start = (state: State, index: number, block: StartedBlock): Step => {
  const id = String(index)
  switch (block.type) {
    case "text":
      return [
        withBlock(state, index, { type: "text" }),
        [{ type: "text-start", id }, ...textDelta(id, block.text ?? "")]
      ]
    case "thinking":
      return [
        withBlock(state, index, { type: "thinking", signature: block.signature ?? "" }),
        [{ type: "reasoning-start", id }, ...thinkingDelta(id, block.thinking ?? "")]
      ]
    case "redacted_thinking":
      return [withBlock(state, index, block), [{ type: "reasoning-start", id }]]
    case "tool_use":
      return [
        withBlock(state, index, { ...block, json: "" }),
        [{ type: "tool-params-start", id: block.id, name: block.name }]
      ]
  }
}

const textDelta = (id: string, delta: string): Array<Response.StreamPartEncoded> =>
  delta === "" ? [] : [{ type: "text-delta", id, delta }]

const thinkingDelta = (id: string, delta: string): Array<Response.StreamPartEncoded> =>
  delta === "" ? [] : [{ type: "reasoning-delta", id, delta }]

type DeltaEvent = WireEvent & { type: "content_block_delta" }

const grow = (state: State, { delta, index }: DeltaEvent): Step => {
  const block = state.blocks.get(index)
  const id = String(index)
  switch (delta.type) {
    case "text_delta":
      return [state, block?.type === "text" ? textDelta(id, delta.text) : []]
    case "thinking_delta":
      return [state, block?.type === "thinking" ? thinkingDelta(id, delta.thinking) : []]
    case "signature_delta":
      return block?.type === "thinking"
        ? [withBlock(state, index, { ...block, signature: delta.signature }), []]
        : [state, []]
    case "input_json_delta":
      return block?.type === "tool_use"
        ? [
            withBlock(state, index, { ...block, json: block.json + delta.partial_json }),
            [{ type: "tool-params-delta", id: block.id, delta: delta.partial_json }]
          ]
        : [state, []]
  }
}

const end = (state: State, index: number): Step => {
  const block = state.blocks.get(index)
  const id = String(index)
  const { model } = state
  switch (block?.type) {
    case undefined:
      return [state, []]
    case "text":
      return [state, [{ type: "text-end", id }]]
    case "thinking": {
      const anthropic = { model, signature: block.signature }
      return [state, [{ type: "reasoning-end", id, metadata: { anthropic } }]]
    }
    case "redacted_thinking": {
      const anthropic = { model, redactedData: block.data }
      return [state, [{ type: "reasoning-end", id, metadata: { anthropic } }]]
    }
    case "tool_use":
      return [
        state,
        [
          { type: "tool-params-end", id: block.id },
          { type: "tool-call", id: block.id, name: block.name, params: toolParams(block) }
        ]
      ]
  }
}

const finish = (state: State): Response.FinishPartEncoded => ({
  type: "finish",
  reason: finishReasons[state.stopReason ?? ""] ?? "unknown",
  usage: UsageTotals.toUsage(state.usage),
  metadata: {
    anthropic: {
      stopReason: state.stopReason ?? null,
      stopSequence: state.stopSequence ?? null,
      refusalCategory: state.refusalCategory ?? null,
      cacheCreation: UsageTotals.cacheCreation(state.usage)
    }
  }
})

/** What the start says about output is provisional: without a final count it is not known. */
const atStart = (usage: Usage | null | undefined): Usage => ({ ...usage, output_tokens: null })

/** One event further. `error` events are the caller's business. */
export const step = (state: State, event: WireEvent): Step => {
  switch (event.type) {
    case "message_start":
      return [
        { ...state, usage: UsageTotals.merge(state.usage, atStart(event.message.usage)) },
        [{ type: "response-metadata", id: event.message.id, modelId: event.message.model }]
      ]
    case "content_block_start":
      return start(state, event.index, event.content_block)
    case "content_block_delta":
      return grow(state, event)
    case "content_block_stop":
      return end(state, event.index)
    case "message_delta":
      return [
        {
          ...state,
          usage: UsageTotals.merge(state.usage, event.usage),
          stopReason: event.delta.stop_reason ?? state.stopReason,
          stopSequence: event.delta.stop_sequence ?? state.stopSequence,
          refusalCategory: event.delta.stop_details?.category ?? state.refusalCategory
        },
        []
      ]
    case "message_stop":
      return state.finished ? [state, []] : [{ ...state, finished: true }, [finish(state)]]
    case "error":
      return [state, []]
  }
}
