// SPDX-License-Identifier: MIT OR Apache-2.0
/** A model that needs no key, no network and no money: for first steps, tests and benches. */
import * as LanguageModel from "effect/ai/LanguageModel"
import type * as Response from "effect/ai/Response"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Provider } from "../../services/Provider.ts"
import { answer, type DemoAnswer } from "./script.ts"

const betweenWords = "12 millis"

const finish = (reason: Response.FinishReason): Response.StreamPartEncoded => ({
  type: "finish",
  reason,
  response: undefined,
  usage: {
    inputTokens: { uncached: 0, total: 0, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 0, text: 0, reasoning: 0 }
  }
})

const parts = (said: DemoAnswer): ReadonlyArray<Response.StreamPartEncoded> =>
  said._tag === "Use"
    ? [
        { type: "tool-call", id: said.id, name: said.tool, params: said.params },
        finish("tool-calls")
      ]
    : [
        { type: "text-start", id: "0" },
        ...(said.text.match(/\S+\s*/g) ?? []).map((delta): Response.StreamPartEncoded => ({
          type: "text-delta",
          id: "0",
          delta
        })),
        { type: "text-end", id: "0" },
        finish("stop")
      ]

const model = LanguageModel.make({
  generateText: ({ prompt, tools }) =>
    Effect.sync(() => {
      const said = answer(
        prompt,
        tools.map((tool) => tool.name)
      )
      return said._tag === "Use"
        ? [
            { type: "tool-call", id: said.id, name: said.tool, params: said.params },
            finish("tool-calls") as Response.FinishPartEncoded
          ]
        : [{ type: "text", text: said.text }, finish("stop") as Response.FinishPartEncoded]
    }),
  streamText: ({ prompt, tools }) =>
    Stream.suspend(() =>
      Stream.fromIterable(
        parts(
          answer(
            prompt,
            tools.map((tool) => tool.name)
          )
        )
      )
    ).pipe(
      Stream.rechunk(1),
      Stream.tap((part) => (part.type === "text-delta" ? Effect.sleep(betweenWords) : Effect.void))
    )
})

export const make: Effect.Effect<Provider> = Effect.map(model, (languageModel) => ({
  name: "demo",
  model: "demo",
  maxRetries: 0,
  languageModel: () => Effect.succeed(languageModel),
  countTokens: () => Effect.succeedNone,
  problem: Effect.succeedNone
}))
