// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the fake answers: content, and the way in which the answer goes wrong. */
import type * as Effect from "effect/Effect"
import type { MessagesBody } from "./Body.ts"

export type ReplyBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  /** `json` is what the model wrote as input; it need not be valid. `id` is made when left out. */
  | {
      readonly type: "tool_use"
      readonly name: string
      readonly json: string
      readonly id?: string
    }

export type Fault =
  | {
      readonly kind: "status"
      readonly status: number
      readonly type: string
      readonly message: string
      readonly headers: Readonly<Record<string, string>>
    }
  /** An `error` event after the content has begun. */
  | { readonly kind: "error-event"; readonly type: string; readonly message: string }
  | { readonly kind: "reset-before-headers" }
  | { readonly kind: "reset-mid-stream" }
  | { readonly kind: "hang-before-headers" }
  | { readonly kind: "hang-after-headers" }
  | { readonly kind: "hang-mid-stream" }
  /** The body ends in good order, but before the message does. */
  | { readonly kind: "truncated" }

export interface Reply {
  readonly blocks: ReadonlyArray<ReplyBlock>
  /** When left out: `tool_use`, `max_tokens` when cut to fit, or `end_turn`. */
  readonly stopReason?: string
  /** Fields laid over the counted usage: at the start and at the end of the message. */
  readonly usageAtStart?: Readonly<Record<string, unknown>>
  readonly usageAtEnd?: Readonly<Record<string, unknown>>
  /** Pause before the answer, and between its events. */
  readonly startDelayMillis?: number
  readonly eventDelayMillis?: number
  /** Awaited once half of the events are sent. */
  readonly atHalf?: Effect.Effect<void>
  /** Mixes in pings, unknown events, unknown blocks and unknown deltas. */
  readonly noise?: boolean
  /** Events of the message that are sent before a mid-stream fault. */
  readonly eventsBeforeFault?: number
  readonly fault?: Fault
}

export type Brain = (request: MessagesBody) => Reply

export const text = (text: string): Reply => ({ blocks: [{ type: "text", text }] })

export const toolCall = (name: string, input: unknown): Reply => ({
  blocks: [{ type: "tool_use", name, json: JSON.stringify(input) }]
})

export const faulty = (fault: Fault, blocks: Reply["blocks"] = text("partial").blocks): Reply => ({
  blocks,
  fault
})

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error"
}

export const refuse = (
  status: number,
  options: { readonly message?: string; readonly headers?: Readonly<Record<string, string>> } = {}
): Reply =>
  faulty({
    kind: "status",
    status,
    type: types[status] ?? "api_error",
    message: options.message ?? `refused with ${status}`,
    headers: options.headers ?? {}
  })
