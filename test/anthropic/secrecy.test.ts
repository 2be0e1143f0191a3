// SPDX-License-Identifier: MIT OR Apache-2.0
/** The key appears in no error, log line or span, whatever goes wrong. */
import { assert, describe, it } from "@effect/vitest"
import * as Prompt from "effect/ai/Prompt"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import { type Fault, faulty, refuse, type Reply } from "../fakes/MessagesApi.ts"
import { ask, model, providerAt, start } from "./support.ts"

const key = "sk-secret-canary-4711"

const echoes: ReadonlyArray<Reply> = [
  ...[400, 401, 402, 403, 404, 413, 429, 500, 529].map((status) =>
    refuse(status, { message: `the key ${key} is no good`, headers: { "x-echo": key } })
  ),
  ...(
    [
      { kind: "reset-before-headers" },
      { kind: "reset-mid-stream" },
      { kind: "truncated" },
      { kind: "error-event", type: "api_error", message: `broke for ${key}` }
    ] satisfies ReadonlyArray<Fault>
  ).map((fault) => faulty(fault))
]

const everything = (value: unknown): string =>
  inspect(value, { depth: 30, showHidden: true, maxStringLength: null, maxArrayLength: null })

describe("the key", () => {
  it.live("is in no error, log line or span", () =>
    Effect.gen(function* () {
      const sink: Array<unknown> = []
      const observed = Layer.mergeAll(
        Logger.layer([Logger.make((entry) => sink.push(entry))]),
        Layer.succeed(References.MinimumLogLevel, "All"),
        Layer.succeed(
          Tracer.Tracer,
          Tracer.make({
            span: (options) => {
              const span = new Tracer.NativeSpan(options)
              sink.push(span)
              return span
            }
          })
        )
      )
      const { api, provider } = yield* start({ key })
      const unreachable = yield* providerAt(`http://user:${key}@127.0.0.1:1/?k=${key}`, key)
      yield* api.enqueue(...echoes)
      yield* Effect.gen(function* () {
        yield* Effect.forEach(echoes, () =>
          Effect.map(Effect.flip(ask(provider, "hi")), (error) => {
            sink.push(error, String(error), error.stack)
          })
        )
        sink.push(yield* Effect.flip(ask(unreachable, "hi")), yield* provider.problem)
        yield* unreachable.countTokens({
          model,
          prompt: Prompt.make("hi"),
          tools: []
        })
        yield* ask(provider, "hi")
      }).pipe(Effect.provide(observed))
      assert.isAbove(sink.length, echoes.length)
      for (const one of sink) assert.notInclude(everything(one), key)
    })
  )
})
