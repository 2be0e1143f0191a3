// SPDX-License-Identifier: MIT OR Apache-2.0
/** The provider against the strict fake: answers, tool loops, thinking, counting, readiness. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { execFileSync } from "node:child_process"
import * as AnthropicProvider from "../../src/layers/anthropic/AnthropicProvider.ts"
import { type Reply, refuse, text, toolCall } from "../fakes/MessagesApi.ts"
import {
  ask,
  callsOf,
  finishOf,
  goOn,
  model,
  otherModel,
  start,
  textOf,
  weather,
  whyNoKey
} from "./support.ts"

const thoughtful: Reply = {
  blocks: [
    { type: "thinking", thinking: "Which place? Paris – é✓." },
    { type: "redacted_thinking", data: "b3BhcXVl" },
    { type: "tool_use", name: "weather", json: '{"place":"Paris"}' }
  ]
}

/** The blocks of one message that a logged request carried. */
const sentBlocks = (body: unknown, index: number): ReadonlyArray<Record<string, unknown>> =>
  Predicate.hasProperty(body, "messages") && Array.isArray(body.messages)
    ? body.messages[index].content
    : []

/** Imports the provider in a process of its own and prints how much of the SDK came with it. */
const countLoaded = `
  import { registerHooks } from "node:module"
  let loaded = 0
  registerHooks({
    load: (url, context, next) => {
      if (url.includes("@anthropic-ai")) loaded += 1
      return next(url, context)
    }
  })
  await import(process.argv[1])
  process.stdout.write(String(loaded))
`

describe("AnthropicProvider", () => {
  it("loads the vendor's SDK at first use only", () => {
    const provider = import.meta.resolve("../../src/layers/anthropic/AnthropicProvider.ts")
    const loaded = execFileSync(process.execPath, [
      "--input-type=module",
      "--eval",
      countLoaded,
      provider
    ])
    assert.strictEqual(loaded.toString(), "0")
  })

  it.live("streams an answer and says how it ended", () =>
    Effect.gen(function* () {
      const { provider } = yield* start()
      const parts = yield* ask(provider, "hello")
      assert.strictEqual(textOf(parts), "reply to: hello")
      assert.strictEqual(finishOf(parts).reason, "stop")
      assert.strictEqual(parts[0]?.type, "response-metadata")
    })
  )

  it.live("calls tools with the input joined from its fragments and goes on with the result", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      const said = 'use:weather {"place":"Rome"}'
      const first = yield* ask(provider, said)
      assert.deepStrictEqual(
        callsOf(first).map(({ name, params }) => ({ name, params })),
        [{ name: "weather", params: { place: "Rome" } }]
      )
      assert.strictEqual(finishOf(first).reason, "tool-calls")
      const second = yield* ask(provider, goOn(said, first))
      assert.strictEqual(textOf(second), `reply to: ${said} [weather: sunny]`)
      const calls = yield* api.calls
      assert.deepStrictEqual(
        calls.map((call) => call.outcome),
        ["answered", "answered"]
      )
    })
  )

  it.live("replays thinking byte for byte while a tool loop runs", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(thoughtful, text("sunny in Paris"))
      const first = yield* ask(provider, "weather?")
      const second = yield* ask(provider, goOn("weather?", first))
      assert.strictEqual(textOf(second), "sunny in Paris")
      const blocks = sentBlocks((yield* api.calls)[1]?.body, 1)
      assert.deepStrictEqual(
        blocks.map((block) => block["type"]),
        ["thinking", "redacted_thinking", "tool_use"]
      )
      assert.strictEqual(blocks[0]?.["thinking"], "Which place? Paris – é✓.")
      assert.strictEqual(blocks[1]?.["data"], "b3BhcXVl")
    })
  )

  it.live("drops thinking when another model takes the next request", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(thoughtful, text("sunny"))
      const first = yield* ask(provider, "weather?")
      yield* ask(provider, goOn("weather?", first), { model: otherModel })
      const blocks = sentBlocks((yield* api.calls)[1]?.body, 1)
      assert.deepStrictEqual(
        blocks.map((block) => block["type"]),
        ["tool_use"]
      )
    })
  )

  it.live("hands on unknown tools and unreadable input instead of failing", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue({
        blocks: [
          { type: "tool_use", name: "no_such_tool", json: '{"a":1}' },
          { type: "tool_use", name: "weather", json: '{"place":7}' },
          { type: "tool_use", name: "weather", json: '{"place":"Ro' }
        ]
      })
      const first = yield* ask(provider, "try")
      assert.deepStrictEqual(
        callsOf(first).map((call) => call.params),
        [{ a: 1 }, { place: 7 }, '{"place":"Ro']
      )
      const second = yield* ask(provider, goOn("try", first, "no"))
      assert.strictEqual(textOf(second), "reply to: try")
    })
  )

  it.live("gathers a whole answer for generateText and generateObject", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(thoughtful, text('{"place":"Oslo"}'))
      const languageModel = yield* provider.languageModel({ model, maxOutputTokens: 1000 })
      const whole = yield* languageModel.generateText({
        prompt: "weather?",
        disableToolCallResolution: true,
        toolCallValidation: "deferred"
      })
      assert.strictEqual(whole.reasoningText, "Which place? Paris – é✓.")
      assert.strictEqual(whole.toolCalls[0]?.name, "weather")
      const object = yield* languageModel.generateObject({
        prompt: "where?",
        schema: Schema.Struct({ place: Schema.String })
      })
      assert.deepStrictEqual(object.value, { place: "Oslo" })
    })
  )

  it.live("counts a prompt's tokens, and does without when the vendor will not say", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      const prompt = goOn("hello there", yield* ask(provider, "hello there"))
      const count = provider.countTokens({ model, prompt, tools: [weather] })
      const counted = yield* count
      assert.isTrue(Option.isSome(counted) && counted.value > 0)
      const asked = yield* api.waitFor((one) => one.path === "/v1/messages/count_tokens")
      assert.strictEqual(asked.outcome, "answered")
      const elsewhere = yield* AnthropicProvider.make({
        baseUrl: "http://127.0.0.1:1",
        models: { simple: model, standard: model, complex: model },
        maxRetries: 0,
        key: Effect.succeedSome(Redacted.make(api.key)),
        isKeyKnown: Effect.succeed(true),
        whyNoKey
      })
      assert.deepStrictEqual(
        yield* elsewhere.countTokens({ model, prompt, tools: [] }),
        Option.none()
      )
    })
  )

  it.live("says that a key is missing, and that one was refused until a call succeeds", () =>
    Effect.gen(function* () {
      const { api } = yield* start()
      const key = yield* Ref.make(Option.none<Redacted.Redacted>())
      const provider = yield* AnthropicProvider.make({
        baseUrl: api.url,
        models: { simple: model, standard: model, complex: model },
        maxRetries: 3,
        key: Ref.get(key),
        isKeyKnown: Effect.map(Ref.get(key), Option.isSome),
        whyNoKey
      })
      const problem = Effect.map(
        provider.problem,
        Option.match({ onNone: () => "", onSome: (one) => one.detail })
      )
      assert.include(yield* problem, "set ANTHROPIC_API_KEY")
      const missing = yield* Effect.flip(provider.languageModel({ model, maxOutputTokens: 9 }))
      assert.include(missing.message, "set ANTHROPIC_API_KEY")

      yield* Ref.set(key, Option.some(Redacted.make("wrong")))
      assert.strictEqual(yield* problem, "")
      yield* Effect.flip(ask(provider, "hi"))
      assert.include(yield* problem, "refused")

      yield* Ref.set(key, Option.some(Redacted.make(api.key)))
      assert.strictEqual(yield* problem, "")
      yield* api.enqueue(refuse(402))
      yield* Effect.flip(ask(provider, "hi"))
      assert.include(yield* problem, "billing")
      yield* ask(provider, "hi")
      assert.strictEqual(yield* problem, "")
    })
  )

  it.live("reads the cached prefix again on the next turn", () =>
    Effect.gen(function* () {
      const { provider } = yield* start()
      const system = { role: "system", content: "Be kind. ".repeat(400) } as const
      const turn = (count: number) => [
        system,
        ...Array.from({ length: count }, (_, index) =>
          index % 2 === 0
            ? ({ role: "user", content: `question ${index}` } as const)
            : ({ role: "assistant", content: `answer ${index}` } as const)
        )
      ]
      const first = finishOf(yield* ask(provider, turn(1))).usage.inputTokens
      const second = finishOf(yield* ask(provider, turn(3))).usage.inputTokens
      assert.strictEqual(first.cacheRead, 0)
      assert.isAbove(first.cacheWrite ?? 0, 1000)
      assert.strictEqual(second.cacheRead, first.total)
    })
  )

  it.live("is cut where its output limit ends", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(text("a".repeat(600)))
      const parts = yield* ask(provider, "long", { maxOutputTokens: 10 })
      assert.strictEqual(textOf(parts).length, 30)
      assert.strictEqual(finishOf(parts).reason, "length")
      yield* api.enqueue(toolCall("weather", { place: "Rome" }))
      assert.strictEqual(finishOf(yield* ask(provider, "x")).usage.outputTokens.total, 8)
    })
  )
})
