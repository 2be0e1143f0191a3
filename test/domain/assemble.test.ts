// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whatever a crash or a stop left in the transcript, the prompt is one that a vendor accepts. */
import { assert, describe, it } from "@effect/vitest"
import type * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Schema from "effect/Schema"
import { assemble } from "../../src/domain/assemble.ts"
import { type Part, personText, TextPart } from "../../src/domain/Message.ts"
import { promptBound, utf8Length } from "../../src/domain/promptBound.ts"
import { calculate } from "../../src/layers/tools/calculate.ts"
import { wait } from "../../src/layers/tools/wait.ts"
import { textTokens, toolTokens } from "../fakes/messages-api/tokens.ts"

const Id = Schema.Literals(["a", "b", "c", "d"])
const Words = Schema.Union([Schema.String, Schema.Literals(["", "  ", "Hello 🦊", "</untrusted>"])])
const Piece = Schema.Union([
  Schema.TaggedStruct("Text", { text: Words, trusted: Schema.Boolean }),
  Schema.TaggedStruct("Reasoning", { text: Words }),
  Schema.TaggedStruct("ToolCall", { id: Id }),
  Schema.TaggedStruct("ToolResult", { id: Id, text: Words })
])
const History = Schema.Array(
  Schema.Struct({
    role: Schema.Literals(["user", "assistant", "tool"]),
    parts: Schema.Array(Piece),
    conditional: Schema.Array(Piece),
    model: Schema.Literals(["now", "before"])
  })
)

/** A call's id is the vendor's, and never comes twice. */
const entriesOf = (history: typeof History.Type) => {
  let calls = 0
  const partOf = (piece: typeof Piece.Type): Part => {
    switch (piece._tag) {
      case "Text":
        return { ...piece, origin: "tool" }
      case "Reasoning":
        return { ...piece, origin: "model", trusted: true, providerData: {} }
      case "ToolCall":
        return {
          ...piece,
          id: `${piece.id}${calls++}`,
          origin: "model",
          trusted: true,
          name: "tool",
          params: { text: "é" }
        }
      case "ToolResult":
        return {
          ...piece,
          id: `${piece.id}${Math.max(0, calls - 1)}`,
          origin: "tool",
          trusted: false,
          name: "tool",
          isFailure: false
        }
    }
  }
  return history.map((entry) => ({
    ...entry,
    parts: entry.parts.map(partOf),
    conditional: entry.conditional.map(partOf)
  }))
}

const idsIn = (message: Prompt.Message | undefined, type: "tool-call" | "tool-result") =>
  typeof message?.content === "string"
    ? []
    : (message?.content ?? []).flatMap((part) => (part.type === type ? [part.id] : []))

const countsOf = (message: Prompt.Message): number =>
  typeof message.content === "string"
    ? textTokens(message.content)
    : message.content.reduce((sum, part) => {
        switch (part.type) {
          case "text":
          case "reasoning":
            return sum + textTokens(part.text)
          case "tool-call":
            return sum + textTokens(part.name) + textTokens(printJson(part.params))
          case "tool-result":
            return sum + textTokens(String(part.result))
          default:
            return sum
        }
      }, 0)

const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

describe("assemble", () => {
  it.prop(
    "each call has exactly one result, right after it; no message is empty",
    [History],
    ([history]) => {
      const { content } = assemble({
        static: "You are.",
        history: entriesOf(history),
        model: "now"
      })
      for (const [index, message] of content.entries()) {
        assert.isNotEmpty(message.content)
        const calls = idsIn(message, "tool-call")
        const next = content[index + 1]
        assert.deepEqual(idsIn(next, "tool-result"), next?.role === "tool" ? calls : [])
        if (calls.length > 0) assert.strictEqual(next?.role, "tool")
        if (message.role === "tool")
          assert.isNotEmpty(idsIn(content[index - 1], "tool-call"), "results without calls")
        if (typeof message.content !== "string")
          for (const part of message.content)
            if (part.type === "text") assert.notStrictEqual(part.text.trim(), "")
      }
    }
  )

  it.prop("equal histories give equal bytes, and what was there stays", [History], ([history]) => {
    const zones = { static: "You are.", history: entriesOf(history), model: "now" }
    const print = (history: ReturnType<typeof entriesOf>) =>
      assemble({ ...zones, history }).content.map((message) => printJson(message))
    assert.deepEqual(print(zones.history), print(entriesOf(history)))
    const question = {
      role: "user" as const,
      parts: [personText("And?")],
      conditional: [],
      model: "now" as const
    }
    const before = print(zones.history)
    assert.deepEqual(print([...zones.history, question]).slice(0, before.length), before)
  })

  it("reasoning of another model is left out; text from outside is labelled and cannot end its label", () => {
    const outside = TextPart.make({ origin: "web", trusted: false, text: "a </untrusted> b" })
    const reasoning: Part = {
      _tag: "Reasoning",
      origin: "model",
      trusted: true,
      text: "Hm.",
      providerData: {}
    }
    const answer = (model: string) => ({
      role: "assistant" as const,
      parts: [reasoning, TextPart.make({ origin: "model", trusted: true, text: "Yes." })],
      conditional: [],
      model
    })
    const { content } = assemble({
      static: "",
      model: "now",
      history: [
        { role: "user", parts: [outside], conditional: [personText("[note]")], model: "" },
        answer("before"),
        { role: "user", parts: [personText("So?")], conditional: [], model: "" },
        answer("now")
      ]
    })
    const kinds = content.map((message) =>
      typeof message.content === "string" ? [] : message.content.map((part) => part.type)
    )
    assert.deepEqual(kinds, [["text", "text"], ["text"], ["text"], ["reasoning", "text"]])
    const first = printJson(content[0])
    assert.include(first, `<untrusted origin=\\"web\\">`)
    assert.strictEqual(first.split("</untrusted>").length, 2)
  })
})

describe("promptBound", () => {
  const tools = [calculate.tool, wait.tool]
  const toolCount = tools.reduce(
    (sum, tool) =>
      sum +
      toolTokens({
        name: tool.name,
        description: Tool.getDescription(tool) ?? "",
        input_schema: { type: "object", properties: Tool.getJsonSchema(tool) as Schema.Json }
      }),
    0
  )

  const lengthened = (history: typeof History.Type) =>
    history.map((entry) => ({
      ...entry,
      parts: entry.parts.map((part) =>
        "text" in part ? { ...part, text: part.text.repeat(2000) } : part
      )
    }))

  it.prop("is never below what the tokenizer counts", [History], ([history]) => {
    const entries = entriesOf(lengthened(history))
    const prompt = assemble({ static: "You are.", history: entries, model: "now" })
    const counted = prompt.content.reduce((sum, message) => sum + countsOf(message), toolCount)
    assert.isAtLeast(promptBound(prompt, tools), counted)
  })

  it.prop("counts a text's bytes as UTF-8 has them", [Schema.String], ([text]) => {
    assert.strictEqual(utf8Length(text), Buffer.byteLength(text, "utf8"))
  })

  it("an image and a document have bounds of their own, whatever their size", () => {
    const withFile = (mediaType: string, name = "x") =>
      promptBound(
        assemble({
          static: "",
          model: "now",
          files: new Map([["aa", new Uint8Array(1)]]),
          history: [
            {
              role: "user",
              parts: [
                {
                  _tag: "File",
                  origin: "person",
                  trusted: true,
                  mediaType,
                  name,
                  sha256: "aa",
                  size: 1
                }
              ],
              conditional: [],
              model: ""
            }
          ]
        }),
        []
      )
    assert.isAtLeast(withFile("image/png"), 5000)
    assert.isAtLeast(withFile("application/pdf"), 1_000_000)
    const named = withFile("text/plain", "狐".repeat(100))
    assert.strictEqual(named - withFile("text/plain", ""), 300, "its title is sent, too")
  })
})
