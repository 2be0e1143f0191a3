// SPDX-License-Identifier: MIT OR Apache-2.0
/** How an answer's events become parts: usage merged, every stop reason mapped, nothing unknown in the way. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as AnswerStream from "../../src/layers/anthropic/AnswerStream.ts"
import { costMicros, priceOf } from "../../src/domain/prices.ts"
import { usageOf } from "../../src/services/provider/FinishUsage.ts"
import { ask, finishOf, model, start } from "./support.ts"

const reasons = [
  ["end_turn", "stop"],
  ["max_tokens", "length"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool-calls"],
  ["pause_turn", "pause"],
  ["refusal", "content-filter"],
  ["model_context_window_exceeded", "length"],
  ["tea_break", "unknown"]
] as const

const anthropicOf = (finish: ReturnType<typeof finishOf>) => finish.metadata["anthropic"]

describe("a finished answer", () => {
  for (const [stopReason, reason] of reasons) {
    it.live(`${stopReason} is ${reason}`, () =>
      Effect.gen(function* () {
        const { api, provider } = yield* start()
        yield* api.enqueue({ blocks: [{ type: "text", text: "x" }], stopReason })
        const finish = finishOf(yield* ask(provider, "hi"))
        assert.strictEqual(finish.reason, reason)
        assert.propertyVal(anthropicOf(finish), "stopReason", stopReason)
      })
    )
  }

  it.live("has the usage of its start and its end merged", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue({
        blocks: [{ type: "text", text: "x" }],
        usageAtStart: {
          input_tokens: 100,
          cache_read_input_tokens: 40,
          cache_creation_input_tokens: 30,
          cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
          output_tokens: 1
        },
        usageAtEnd: {
          input_tokens: null,
          cache_read_input_tokens: 40,
          output_tokens: 9,
          output_tokens_details: { thinking_tokens: 4 }
        }
      })
      const finish = finishOf(yield* ask(provider, "hi"))
      assert.deepStrictEqual(
        { ...finish.usage.inputTokens },
        { uncached: 100, cacheRead: 40, cacheWrite: 30, total: 170 }
      )
      assert.deepStrictEqual({ ...finish.usage.outputTokens }, { total: 9, text: 5, reasoning: 4 })
      assert.deepStrictEqual(Option.getOrThrow(usageOf(finish)), {
        input: 100,
        cacheRead: 40,
        cacheWrite: 10,
        cacheWrite1h: 20,
        output: 9
      })
    })
  )

  for (const silent of [
    { usageAtEnd: { output_tokens: null } },
    { usageAtStart: { input_tokens: null } }
  ]) {
    it.live(`whose cost was not reported is not taken to be free: ${Object.keys(silent)[0]}`, () =>
      Effect.gen(function* () {
        const { api, provider } = yield* start()
        yield* api.enqueue({ blocks: [{ type: "text", text: "x" }], ...silent })
        assert.deepStrictEqual(usageOf(finishOf(yield* ask(provider, "hi"))), Option.none())
      })
    )
  }

  it.live("can be billed", () =>
    Effect.gen(function* () {
      const { provider } = yield* start()
      const usage = Option.getOrThrow(usageOf(finishOf(yield* ask(provider, "a".repeat(300)))))
      const price = Option.getOrThrow(priceOf(model))
      assert.isAtLeast(usage.input, 100)
      assert.strictEqual(usage.output, 104)
      assert.strictEqual(costMicros(price, usage), usage.input * 4 + 104 * 20)
    })
  )

  it.live("keeps thinking with its signature, even when no text of it is shown", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue({
        blocks: [
          { type: "thinking", thinking: "" },
          { type: "text", text: "x" }
        ]
      })
      const parts = yield* ask(provider, "hi")
      const end = parts.find((part) => part.type === "reasoning-end")
      assert.propertyVal(end?.metadata["anthropic"], "model", model)
      assert.property(end?.metadata["anthropic"], "signature")
    })
  )
})

const bodyOf = (...events: ReadonlyArray<{ readonly type: string } & Record<string, unknown>>) =>
  new Response(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")
  ).body!

const origin = { url: "https://example.com", key: Redacted.make("key") }

describe("a body that arrives in one piece", () => {
  it.effect("hands on what came before its error event", () =>
    Effect.gen(function* () {
      const body = bodyOf(
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "so far" } },
        { type: "error", error: { type: "overloaded_error", message: "busy" } }
      )
      const seen: Array<string> = []
      const error = yield* AnswerStream.parts({ body, model, origin }).pipe(
        Stream.runForEach((part) => Effect.sync(() => seen.push(part.type))),
        Effect.flip
      )
      assert.deepStrictEqual(seen, ["text-start", "text-delta"])
      assert.strictEqual(error.reason._tag, "InternalProviderError")
    })
  )

  it.effect("fails in a way worth another try when it is no JSON", () =>
    Effect.gen(function* () {
      const body = new Response("event: x\ndata: {oops\n\n").body!
      const error = yield* Effect.flip(
        Stream.runCollect(AnswerStream.parts({ body, model, origin }))
      )
      assert.isTrue(error.isRetryable)
    })
  )
})
