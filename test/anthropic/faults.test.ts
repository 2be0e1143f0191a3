// SPDX-License-Identifier: MIT OR Apache-2.0
/** Everything that can go wrong with a call, and what its caller learns from the failure. */
import { assert, describe, it } from "@effect/vitest"
import { APIConnectionError, APIConnectionTimeoutError } from "@anthropic-ai/sdk"
import type * as AiError from "effect/ai/AiError"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type { Provider } from "../../src/services/Provider.ts"
import { isPromptTooLong, retryAfter, wasRefused } from "../../src/services/provider/Refusal.ts"
import * as Failure from "../../src/layers/anthropic/Failure.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import { type Fault, faulty, type Logged, refuse } from "../fakes/MessagesApi.ts"
import { ask, providerAt, start, stream, textOf } from "./support.ts"

const failed = Effect.fnUntraced(function* (provider: Provider) {
  const error = yield* Effect.flip(ask(provider, "hi"))
  if (error._tag !== "AiError") return yield* Effect.die(error)
  return error
})

const describeError = (error: AiError.AiError) => ({
  tag: error.reason._tag,
  retryable: error.isRetryable,
  refused: wasRefused(error)
})

const wait = (error: AiError.AiError) =>
  Option.getOrUndefined(Option.map(retryAfter(error), Duration.toMillis))

const refusals = [
  [400, "InvalidRequestError", false],
  [401, "AuthenticationError", false],
  [402, "QuotaExhaustedError", false],
  [403, "AuthenticationError", false],
  [404, "InvalidRequestError", false],
  [408, "InternalProviderError", true, "unknown"],
  [409, "InternalProviderError", true],
  [413, "InvalidRequestError", false],
  [429, "RateLimitError", true],
  [500, "InternalProviderError", true],
  [502, "InternalProviderError", true, "unknown"],
  [503, "InternalProviderError", true, "unknown"],
  [504, "InternalProviderError", true, "unknown"],
  [529, "InternalProviderError", true]
] as const

describe("a refused call", () => {
  // A time-out or a gateway's answer does not show that the vendor generated nothing (invariant 4).
  for (const [status, tag, retryable, billed] of refusals) {
    it.live(`${status} is ${tag}`, () =>
      Effect.gen(function* () {
        const { api, provider } = yield* start()
        yield* api.enqueue(refuse(status))
        const error = yield* failed(provider)
        assert.deepStrictEqual(describeError(error), {
          tag,
          retryable,
          refused: billed !== "unknown"
        })
        assert.strictEqual((yield* api.calls).length, 1, "exactly one request")
      })
    )
  }

  it.live("is tried again when the vendor says", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(
        refuse(429, { headers: { "retry-after": "7" } }),
        refuse(429, { headers: { "retry-after": "7", "retry-after-ms": "1500" } }),
        refuse(529, { headers: { "retry-after": "3" } }),
        refuse(429)
      )
      const first = yield* failed(provider)
      assert.strictEqual(Duration.toMillis(first.retryAfter ?? Duration.zero), 7000)
      assert.strictEqual(wait(first), 7000)
      assert.strictEqual(wait(yield* failed(provider)), 1500)
      assert.strictEqual(wait(yield* failed(provider)), 3000)
      assert.strictEqual(wait(yield* failed(provider)), undefined)
    })
  )

  it.live("tells a prompt that is too long apart", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(
        refuse(400, { message: "prompt is too long: 1000001 tokens > 1000000 maximum" }),
        refuse(413),
        refuse(400)
      )
      assert.isTrue(isPromptTooLong(yield* failed(provider)))
      assert.isTrue(isPromptTooLong(yield* failed(provider)))
      assert.isFalse(isPromptTooLong(yield* failed(provider)))
    })
  )

  it.live("includes one that never left: nobody listens", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(MessagesApi.make())
      const provider = yield* providerAt(gone.url, gone.key)
      assert.deepStrictEqual(describeError(yield* failed(provider)), {
        tag: "NetworkError",
        retryable: true,
        refused: true
      })
    })
  )

  it("includes one that could not connect in time, or to a host without a name", () => {
    const origin = { url: "https://example.com", key: Redacted.make("key") }
    const timeout = new APIConnectionTimeoutError()
    const nameless = new APIConnectionError({
      cause: Object.assign(new Error("lookup"), { code: "ENOTFOUND", syscall: "getaddrinfo" })
    })
    const reset = new APIConnectionError({
      cause: Object.assign(new Error("read"), { code: "ECONNRESET", syscall: "read" })
    })
    assert.deepStrictEqual(
      [timeout, nameless, reset].map((error) => wasRefused(Failure.fromConnection(origin, error))),
      [true, true, false]
    )
  })
})

const breaks: ReadonlyArray<readonly [Fault, string]> = [
  [{ kind: "reset-before-headers" }, "NetworkError"],
  [{ kind: "reset-mid-stream" }, "NetworkError"],
  [{ kind: "truncated" }, "InternalProviderError"],
  [{ kind: "error-event", type: "overloaded_error", message: "busy" }, "InternalProviderError"],
  [{ kind: "error-event", type: "rate_limit_error", message: "slow" }, "RateLimitError"]
]

describe("a broken call", () => {
  for (const [fault, tag] of breaks) {
    it.live(`${JSON.stringify(fault)} may be tried again, and may have cost something`, () =>
      Effect.gen(function* () {
        const { api, provider } = yield* start()
        yield* api.enqueue(faulty(fault))
        assert.deepStrictEqual(describeError(yield* failed(provider)), {
          tag,
          retryable: true,
          refused: false
        })
      })
    )
  }

  it.live("hands on what came before an error event", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(faulty({ kind: "error-event", type: "overloaded_error", message: "busy" }))
      const seen: Array<string> = []
      yield* stream(provider, "hi").pipe(
        Stream.runForEach((part) => Effect.sync(() => seen.push(part.type))),
        Effect.flip
      )
      assert.deepStrictEqual(seen, ["response-metadata", "text-start", "text-delta", "text-delta"])
    })
  )

  it.live("is not made by pings, unknown events, blocks and deltas, or slowness", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue({
        blocks: [{ type: "text", text: "all well" }],
        noise: true,
        startDelayMillis: 20,
        eventDelayMillis: 2
      })
      assert.strictEqual(textOf(yield* ask(provider, "hi")), "all well")
    })
  )
})

const stepLimit = 400

/** Moves the clock second by second until the call is over, and says how many that took. */
const secondsUntilOver = Effect.fnUntraced(function* <A, E>(fiber: Fiber.Fiber<A, E>) {
  for (let seconds = 0; seconds < stepLimit; seconds++) {
    if (fiber.pollUnsafe() !== undefined) return seconds
    yield* TestClock.adjust("1 second")
    yield* TestClock.withLive(Effect.sleep("1 millis"))
  }
  return yield* Effect.die(new Error("the call never ended"))
})

describe("a silent call", () => {
  const silent = [
    ["hang-before-headers", 60],
    ["hang-after-headers", 90],
    ["hang-mid-stream", 90]
  ] as const
  for (const [kind, limit] of silent) {
    it.effect(`${kind} is given up after ${limit} seconds`, () =>
      Effect.gen(function* () {
        const { api, provider } = yield* start()
        yield* api.enqueue(faulty({ kind }))
        const call = yield* Effect.forkChild(failed(provider))
        yield* api.waitFor((one) => one.outcome === "running")
        const seconds = yield* secondsUntilOver(call)
        assert.isAtLeast(seconds, limit)
        assert.deepStrictEqual(describeError(yield* Fiber.join(call)), {
          tag: "NetworkError",
          retryable: true,
          refused: false
        })
        yield* api.waitFor((one) => Option.isSome(one.abortedAt))
      })
    )
  }
})

const clientLeft = (one: Logged) => Option.isSome(one.abortedAt)

describe("interruption", () => {
  it.live("closes the connection within 100 ms while the answer streams", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(faulty({ kind: "hang-mid-stream" }))
      const talking = yield* Deferred.make<void>()
      const call = yield* stream(provider, "hi").pipe(
        Stream.runForEach((part) =>
          part.type === "text-delta" ? Deferred.succeed(talking, undefined) : Effect.void
        ),
        Effect.forkChild
      )
      yield* Deferred.await(talking)
      const before = performance.now()
      yield* Fiber.interrupt(call)
      yield* api.waitFor(clientLeft)
      assert.isBelow(performance.now() - before, 100)
    })
  )

  it.live("closes the connection within 100 ms while nothing was answered yet", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* api.enqueue(faulty({ kind: "hang-before-headers" }))
      const call = yield* Effect.forkChild(ask(provider, "hi"))
      yield* api.waitFor((one) => one.outcome === "running")
      const before = performance.now()
      yield* Fiber.interrupt(call)
      yield* api.waitFor(clientLeft)
      assert.isBelow(performance.now() - before, 100)
    })
  )

  it.live("does not disturb a finished answer", () =>
    Effect.gen(function* () {
      const { api, provider } = yield* start()
      yield* ask(provider, "hi")
      const logged = yield* api.waitFor((one) => one.outcome !== "running")
      assert.strictEqual(logged.outcome, "answered")
      assert.isFalse(clientLeft(logged))
    })
  )
})
