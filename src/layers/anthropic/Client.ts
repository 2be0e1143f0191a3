// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vendor's SDK, loaded at first use, with one client for as long as the key stays the same. */
import type Anthropic from "@anthropic-ai/sdk"
import type * as AiError from "effect/ai/AiError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Failure from "./Failure.ts"

/** A request to which nothing was answered for so long is given up. */
const answerLimit = "60 seconds"

export const make = Effect.fnUntraced(function* (baseUrl: string) {
  const sdk = yield* Effect.cached(Effect.promise(() => import("@anthropic-ai/sdk")))
  let held: { readonly key: string; readonly client: Anthropic } | undefined

  return Effect.fnUntraced(function* (key: Redacted.Redacted) {
    const secret = Redacted.value(key)
    if (held?.key === secret) return held.client
    const { Anthropic } = yield* sdk
    const client = new Anthropic({
      apiKey: secret,
      baseURL: baseUrl,
      maxRetries: 0,
      logLevel: "off",
      openTelemetry: false,
      fetchOptions: { redirect: "manual" }
    })
    held = { key: secret, client }
    return client
  })
})

/** Only what an `AiError` may know is taken from the SDK's error. */
const translate = (origin: Failure.Origin, error: unknown, now: number): AiError.AiError =>
  Predicate.hasProperty(error, "status") &&
  Predicate.isNumber(error.status) &&
  Predicate.hasProperty(error, "headers") &&
  error.headers instanceof Headers
    ? Failure.fromStatus(
        origin,
        {
          status: error.status,
          headers: error.headers,
          body: Predicate.hasProperty(error, "error") ? error.error : undefined
        },
        now
      )
    : Failure.fromConnection(origin, error)

/** One request, aborted when the calling scope ends before the answer does. */
export const send = <A>(origin: Failure.Origin, request: (signal: AbortSignal) => PromiseLike<A>) =>
  Effect.gen(function* () {
    const controller = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      // An abort after a complete answer would keep its body in memory for ever.
      (controller, exit) =>
        Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => controller.abort())
    )
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.tryPromise({
      try: () => request(controller.signal),
      catch: (error) => translate(origin, error, now)
    }).pipe(
      Effect.timeoutOrElse({
        duration: answerLimit,
        orElse: () => Effect.fail(Failure.network(origin, "no answer"))
      })
    )
  })
