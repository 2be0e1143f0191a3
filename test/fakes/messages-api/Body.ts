// SPDX-License-Identifier: MIT OR Apache-2.0
/** The shape of a request's body, decoded strictly: a field that the vendor does not know is refused. */
import * as Schema from "effect/Schema"

const CacheControl = Schema.Struct({
  type: Schema.Literal("ephemeral"),
  ttl: Schema.optionalKey(Schema.Literals(["5m", "1h"]))
})
const cacheable = { cache_control: Schema.optionalKey(Schema.NullOr(CacheControl)) }

const typed = <const T extends string, F extends Schema.Struct.Fields>(type: T, fields: F) =>
  Schema.Struct({ type: Schema.Literal(type), ...fields })

const Text = typed("text", { text: Schema.String, ...cacheable })

const Base64Data = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/]+={0,2}$/))

const Image = typed("image", {
  source: typed("base64", {
    media_type: Schema.Literals(["image/png", "image/jpeg", "image/gif", "image/webp"]),
    data: Base64Data
  }),
  ...cacheable
})

const Document = typed("document", {
  source: Schema.Union([
    typed("base64", { media_type: Schema.Literal("application/pdf"), data: Base64Data }),
    typed("text", { media_type: Schema.Literal("text/plain"), data: Schema.NonEmptyString })
  ]),
  title: Schema.optionalKey(Schema.NonEmptyString),
  ...cacheable
})

const Id = Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9_-]+$/))

const ToolUse = typed("tool_use", {
  id: Id,
  name: Schema.NonEmptyString,
  input: Schema.Record(Schema.String, Schema.Json),
  ...cacheable
})

const ToolResult = typed("tool_result", {
  tool_use_id: Id,
  content: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Array(Schema.Union([Text, Image, Document]))])
  ),
  is_error: Schema.optionalKey(Schema.Boolean),
  ...cacheable
})

const Thinking = typed("thinking", { thinking: Schema.String, signature: Schema.NonEmptyString })
const RedactedThinking = typed("redacted_thinking", { data: Schema.NonEmptyString })

export const Block = Schema.Union([
  Text,
  Image,
  Document,
  ToolUse,
  ToolResult,
  Thinking,
  RedactedThinking
])
export type Block = typeof Block.Type

const Message = Schema.Struct({
  role: Schema.Literals(["user", "assistant"]),
  content: Schema.Union([Schema.String, Schema.Array(Block)])
})

const Tool = Schema.Struct({
  name: Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9_-]{1,128}$/)),
  description: Schema.optionalKey(Schema.String),
  input_schema: Schema.StructWithRest(Schema.Struct({ type: Schema.Literal("object") }), [
    Schema.Record(Schema.String, Schema.Json)
  ]),
  ...cacheable
})

const counted = {
  model: Schema.String,
  messages: Schema.NonEmptyArray(Message),
  system: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Text)])),
  tools: Schema.optionalKey(Schema.Array(Tool)),
  tool_choice: Schema.optionalKey(
    Schema.Union([
      typed("auto", { disable_parallel_tool_use: Schema.optionalKey(Schema.Boolean) }),
      typed("any", { disable_parallel_tool_use: Schema.optionalKey(Schema.Boolean) }),
      typed("none", {}),
      typed("tool", { name: Schema.String })
    ])
  ),
  thinking: Schema.optionalKey(
    Schema.Union([
      typed("enabled", { budget_tokens: Schema.Int }),
      typed("adaptive", {}),
      typed("disabled", {})
    ])
  ),
  output_config: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  cache_control: Schema.optionalKey(Schema.NullOr(CacheControl))
}

export const CountBody = Schema.Struct(counted)
export type CountBody = typeof CountBody.Type

export const MessagesBody = Schema.Struct({
  ...counted,
  max_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  stream: Schema.optionalKey(Schema.Boolean),
  stop_sequences: Schema.optionalKey(Schema.Array(Schema.String)),
  metadata: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  diagnostics: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Json))),
  service_tier: Schema.optionalKey(Schema.String),
  inference_geo: Schema.optionalKey(Schema.NullOr(Schema.String)),
  speed: Schema.optionalKey(Schema.NullOr(Schema.String)),
  container: Schema.optionalKey(Schema.Json)
})
export type MessagesBody = typeof MessagesBody.Type

const strict = { onExcessProperty: "error" } as const
export const decodeCount = Schema.decodeUnknownResult(CountBody, strict)
export const decodeMessages = Schema.decodeUnknownResult(MessagesBody, strict)

export const blocksOf = (message: CountBody["messages"][number]): ReadonlyArray<Block> =>
  typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content
