// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the provider's tests share: a provider on a fake, and a call that gathers all parts. */
import * as Prompt from "effect/ai/Prompt"
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AnthropicProvider from "../../src/layers/anthropic/AnthropicProvider.ts"
import type { Provider } from "../../src/services/Provider.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"

export const model = "claude-opus-5-5"
export const otherModel = "claude-sonnet-5-5"

export const weather = Tool.make("weather", {
  description: "the weather at a place",
  parameters: Schema.Struct({ place: Schema.String })
})
export const alarm = Tool.make("alarm", { parameters: Schema.Struct({ at: Schema.String }) })
const toolkit = Toolkit.make(weather, alarm)

/** A provider that talks to a fake of its own. */
export const start = Effect.fnUntraced(function* (options: MessagesApi.Options = {}) {
  const api = yield* MessagesApi.make(options)
  const provider = yield* providerAt(api.url, api.key)
  return { api, provider }
})

export const whyNoKey = Effect.succeed("no key is known: set ANTHROPIC_API_KEY")

export const providerAt = (baseUrl: string, key: string) =>
  AnthropicProvider.make({
    baseUrl,
    models: { simple: model, standard: model, complex: model },
    maxRetries: 3,
    key: Effect.succeedSome(Redacted.make(key)),
    isKeyKnown: Effect.succeed(true),
    whyNoKey
  })

export interface CallOptions {
  readonly model?: string
  readonly maxOutputTokens?: number
}

/** One call as a turn makes it: tool calls are left alone, whatever they are. */
export const stream = (provider: Provider, prompt: Prompt.RawInput, options: CallOptions = {}) =>
  Stream.unwrap(
    Effect.map(
      provider.languageModel({
        model: options.model ?? model,
        maxOutputTokens: options.maxOutputTokens ?? 4096
      }),
      (languageModel) =>
        languageModel.streamText({
          prompt: Prompt.make(prompt),
          toolkit,
          disableToolCallResolution: true,
          toolCallValidation: "deferred"
        })
    )
  )

export const ask = (provider: Provider, prompt: Prompt.RawInput, options: CallOptions = {}) =>
  Stream.runCollect(stream(provider, prompt, options))

type Parts = Effect.Success<ReturnType<typeof ask>>

export const textOf = (parts: Parts): string =>
  parts.flatMap((part) => (part.type === "text-delta" ? [part.delta] : [])).join("")

export const callsOf = (parts: Parts) => parts.filter((part) => part.type === "tool-call")

export const finishOf = (parts: Parts) => {
  const finish = parts.find((part) => part.type === "finish")
  if (finish === undefined) throw new Error("the answer has no finish part")
  return finish
}

/** The prompt of the next call: what was said, the answer, and a result for each of its calls. */
export const goOn = (prompt: Prompt.RawInput, parts: Parts, result = "sunny") =>
  Prompt.concat(
    Prompt.concat(Prompt.make(prompt), Prompt.fromResponseParts(parts)),
    callsOf(parts).length === 0
      ? Prompt.empty
      : Prompt.make([
          {
            role: "tool",
            content: callsOf(parts).map((call) => ({
              type: "tool-result" as const,
              id: call.id,
              name: call.name,
              isFailure: false,
              result
            }))
          }
        ])
  )
