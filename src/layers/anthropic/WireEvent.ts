// SPDX-License-Identifier: MIT OR Apache-2.0
/** The events of a streamed answer, decoded leniently: what is not known here is passed over. */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Count = Schema.optional(Schema.NullOr(Schema.Int))

export const Usage = Schema.Struct({
  input_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_creation: Schema.optional(
    Schema.NullOr(
      Schema.Struct({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count })
    )
  ),
  output_tokens: Count,
  output_tokens_details: Schema.optional(Schema.NullOr(Schema.Struct({ thinking_tokens: Count })))
})
export type Usage = typeof Usage.Type

const typed = <const T extends string, F extends Schema.Struct.Fields>(type: T, fields: F) =>
  Schema.Struct({ type: Schema.Literal(type), ...fields })

const Block = Schema.Union([
  typed("text", { text: Schema.optional(Schema.String) }),
  typed("thinking", {
    thinking: Schema.optional(Schema.String),
    signature: Schema.optional(Schema.String)
  }),
  typed("redacted_thinking", { data: Schema.String }),
  typed("tool_use", { id: Schema.String, name: Schema.String, input: Schema.Unknown })
])

const Delta = Schema.Union([
  typed("text_delta", { text: Schema.String }),
  typed("thinking_delta", { thinking: Schema.String }),
  typed("signature_delta", { signature: Schema.String }),
  typed("input_json_delta", { partial_json: Schema.String })
])

export const WireEvent = Schema.Union([
  typed("message_start", {
    message: Schema.Struct({
      id: Schema.optional(Schema.String),
      model: Schema.optional(Schema.String),
      usage: Schema.optional(Schema.NullOr(Usage))
    })
  }),
  typed("content_block_start", { index: Schema.Int, content_block: Block }),
  typed("content_block_delta", { index: Schema.Int, delta: Delta }),
  typed("content_block_stop", { index: Schema.Int }),
  typed("message_delta", {
    delta: Schema.Struct({
      stop_reason: Schema.optional(Schema.NullOr(Schema.String)),
      stop_sequence: Schema.optional(Schema.NullOr(Schema.String)),
      stop_details: Schema.optional(
        Schema.NullOr(Schema.Struct({ category: Schema.optional(Schema.NullOr(Schema.String)) }))
      )
    }),
    usage: Schema.optional(Schema.NullOr(Usage))
  }),
  typed("message_stop", {}),
  typed("error", {
    error: Schema.Struct({ type: Schema.String, message: Schema.optional(Schema.String) })
  })
])
export type WireEvent = typeof WireEvent.Type
export type StartedBlock = typeof Block.Type

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))
const decodeEvent = Schema.decodeUnknownOption(WireEvent)

/** `None` for an event that is not known here; fails on what is no JSON. */
export const decode = (data: string): Effect.Effect<Option.Option<WireEvent>, Schema.SchemaError> =>
  Effect.map(decodeJson(data), decodeEvent)
