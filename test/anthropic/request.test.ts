// SPDX-License-Identifier: MIT OR Apache-2.0
/** Any history becomes a request that the vendor's rules accept, and equal histories equal bytes. */
import { assert, describe, it } from "@effect/vitest"
import * as Prompt from "effect/ai/Prompt"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createParams } from "../../src/layers/anthropic/Request.ts"
import { decodeMessages } from "../fakes/messages-api/Body.ts"
import { check } from "../fakes/messages-api/rules.ts"
import { conversationOf, type Thinking } from "../fakes/messages-api/thinking.ts"
import { pdf, png } from "../support/pictures.ts"
import { alarm, model, otherModel, weather } from "./support.ts"

const Id = Schema.Literals(["a", "b", "c.1", "d"])
const Text = Schema.Literals(["hello", "", "  ", "\n", "Grüße 👋", "\u0000\uFFFD"])
const Message = Schema.Union([
  Schema.TaggedStruct("System", { text: Text }),
  Schema.TaggedStruct("User", { texts: Schema.Array(Text) }),
  Schema.TaggedStruct("File", {
    type: Schema.Literals(["image/png", "application/pdf", "text/plain", "audio/ogg"]),
    data: Schema.Literals(["none", "zeros", "right"])
  }),
  Schema.TaggedStruct("Assistant", {
    thinks: Schema.Literals(["no", "here", "elsewhere", "redacted"]),
    text: Text,
    calls: Schema.Array(Id),
    params: Schema.Literals(["object", "text", "list"])
  }),
  Schema.TaggedStruct("Tool", { results: Schema.Array(Id), text: Text })
])
type Message = typeof Message.Type
type Assistant = Message & { _tag: "Assistant" }

/** Of pictures and PDFs the vendor takes only what is one. */
const right = {
  "image/png": Buffer.from(png(1, 1)).toString("base64"),
  "application/pdf": Buffer.from(pdf("x")).toString("base64"),
  "text/plain": "aGk=",
  "audio/ogg": "aGk="
}
const dataOf = ({ data, type }: Message & { _tag: "File" }) => {
  if (data === "none") return ""
  return data === "zeros" && type === "text/plain" ? "AAAA" : right[type]
}

const params = { object: { a: 1 }, text: '{"a":', list: [1] }

const reasoning = (thinks: Assistant["thinks"]): ReadonlyArray<Prompt.ReasoningPartEncoded> => {
  const part = (anthropic: Schema.Json): ReadonlyArray<Prompt.ReasoningPartEncoded> => [
    { type: "reasoning", text: "thought", options: { anthropic } }
  ]
  switch (thinks) {
    case "no":
      return []
    case "here":
      return part({ model, signature: "sig" })
    case "elsewhere":
      return part({ model: otherModel, signature: "sig" })
    case "redacted":
      return part({ model, redactedData: "data" })
  }
}

const encoded = (message: Message): Prompt.MessageEncoded => {
  switch (message._tag) {
    case "System":
      return { role: "system", content: message.text }
    case "User":
      return { role: "user", content: message.texts.map((text) => ({ type: "text", text })) }
    case "File":
      return {
        role: "user",
        content: [{ type: "file", mediaType: message.type, fileName: "f", data: dataOf(message) }]
      }
    case "Assistant":
      return {
        role: "assistant",
        content: [
          ...reasoning(message.thinks),
          { type: "text", text: message.text },
          ...message.calls.map((id) => ({
            type: "tool-call" as const,
            id,
            name: "weather",
            params: params[message.params]
          }))
        ]
      }
    case "Tool":
      return {
        role: "tool",
        content: message.results.map((id) => ({
          type: "tool-result",
          id,
          name: "weather",
          isFailure: false,
          result: message.text
        }))
      }
  }
}

const request = (
  messages: ReadonlyArray<Prompt.MessageEncoded>,
  tools: Parameters<typeof createParams>[0]["tools"] = [weather, alarm]
) =>
  createParams(
    {
      prompt: Prompt.make(messages),
      tools,
      toolChoice: "auto",
      responseFormat: { type: "text" }
    },
    model,
    1000
  )

const issuedThinking: ReadonlyArray<Thinking> = [
  { type: "thinking", thinking: "thought", signature: "sig" },
  { type: "redacted_thinking", data: "data" }
]

/** What the rules say about a request, given that the thinking in it was issued here. */
const fault = (body: ReturnType<typeof request>): string | undefined => {
  const decoded = decodeMessages(body)
  if (Result.isFailure(decoded)) return decoded.failure.message
  const issued = {
    model,
    conversation: conversationOf(decoded.success),
    thinking: issuedThinking,
    toolIds: []
  }
  const checked = check(body, [issued])
  return Result.isFailure(checked) ? checked.failure.message : undefined
}

describe("a request", () => {
  it.prop(
    "is acceptable for any history",
    [Schema.Array(Message)],
    ([messages]) => assert.isUndefined(fault(request(messages.map(encoded)))),
    { arbitrary: { runs: 500 } }
  )

  it.prop("has equal bytes for equal input", [Schema.Array(Message)], ([messages]) => {
    const bytes = (tools: Parameters<typeof request>[1]) =>
      JSON.stringify(request(messages.map(encoded), tools))
    assert.strictEqual(bytes([weather, alarm]), bytes([alarm, weather]))
  })

  it("keeps system text on top and marks the end of the fixed prefix", () => {
    const body = request([
      { role: "system", content: "one" },
      { role: "user", content: "hi" },
      { role: "system", content: "two" }
    ])
    assert.deepStrictEqual(body.system, [
      { type: "text", text: "one" },
      { type: "text", text: "two", cache_control: { type: "ephemeral" } }
    ])
    assert.deepStrictEqual(body.messages, [
      { role: "user", content: [{ type: "text", text: "hi" }] }
    ])
    assert.deepStrictEqual(body.cache_control, { type: "ephemeral" })
    assert.deepStrictEqual(
      body.tools?.map((tool) => "name" in tool && tool.name),
      ["alarm", "weather"]
    )
  })

  it("marks the last tool when there is no system text", () => {
    const tools = request([{ role: "user", content: "hi" }]).tools ?? []
    assert.deepStrictEqual(
      tools.map((tool) => "cache_control" in tool),
      [false, true]
    )
  })

  it("puts results before text, answers what was interrupted and drops what nobody asked", () => {
    const call = (id: string) => ({
      type: "tool-call" as const,
      id,
      name: "weather",
      params: {}
    })
    const result = (id: string) => ({
      type: "tool-result" as const,
      id,
      name: "weather",
      isFailure: false,
      result: { sky: "blue" }
    })
    const body = request([
      { role: "assistant", content: [call("a"), call("b")] },
      { role: "user", content: "and?" },
      { role: "tool", content: [result("b"), result("stray"), result("b")] },
      { role: "assistant", content: "" }
    ])
    assert.deepStrictEqual(
      body.messages.map((message) => message.role),
      ["user", "assistant", "user"]
    )
    assert.deepStrictEqual(body.messages[2]?.content, [
      {
        type: "tool_result",
        tool_use_id: "a",
        content: "(no result: the call was interrupted)",
        is_error: true
      },
      { type: "tool_result", tool_use_id: "b", content: '{"sky":"blue"}' },
      { type: "text", text: "and?" }
    ])
  })

  it("shows images and documents, and notes what it cannot show", () => {
    const file = (mediaType: string, data: string | Uint8Array) => ({
      type: "file" as const,
      mediaType,
      fileName: "f",
      data
    })
    const body = request([
      {
        role: "user",
        content: [
          file("image/png", new Uint8Array([1, 2, 3])),
          file("image/webp", "AQID"),
          file("application/pdf", "JVBERg=="),
          file("text/plain", "aGVsbG8="),
          file("audio/ogg", "AQID")
        ]
      }
    ])
    assert.deepStrictEqual(body.messages[0]?.content, [
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AQID" } },
      { type: "image", source: { type: "base64", media_type: "image/webp", data: "AQID" } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "JVBERg==" },
        title: "f"
      },
      {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: "hello" },
        title: "f"
      },
      { type: "text", text: "[file f (audio/ogg): not shown]" }
    ])
  })
})
