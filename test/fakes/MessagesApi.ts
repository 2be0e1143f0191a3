// SPDX-License-Identifier: MIT OR Apache-2.0
/** A strict fake of the Messages API on loopback: it keeps the vendor's rules, a script and a log. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import type { TokenUsage } from "../../src/domain/prices.ts"
import { type Answer, makeAnswer } from "./messages-api/answer.ts"
import { decodeCount, type MessagesBody } from "./messages-api/Body.ts"
import { echo } from "./messages-api/brain.ts"
import { makeCache, promptTokens, type PromptUsage } from "./messages-api/cache.ts"
import { modelList } from "./messages-api/models.ts"
import type { Brain, Reply } from "./messages-api/Reply.ts"
import { check, type Violation } from "./messages-api/rules.ts"
import type { Issued } from "./messages-api/thinking.ts"
import * as Wire from "./messages-api/wire.ts"

export type { Brain, Fault, Reply, ReplyBlock } from "./messages-api/Reply.ts"
export { faulty, refuse, text, toolCall } from "./messages-api/Reply.ts"

/** `refused`: by a rule. `faulted`: as the script wanted. `aborted`: the client went away first. */
export type Outcome = "running" | "answered" | "refused" | "faulted" | "aborted"

export interface Logged {
  readonly ordinal: number
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly at: number
  readonly outcome: Outcome
  /** Status of the answer; 0 while there is none. */
  readonly status: number
  readonly message: string
  /** What was counted of the prompt; none when it was refused. */
  readonly usage: PromptUsage | undefined
  /** What the vendor bills: all that was generated, also when the client went away before its end. */
  readonly billed: Option.Option<TokenUsage>
  /** When the client went away before the answer was complete. */
  readonly abortedAt: Option.Option<number>
}

export interface MessagesApi {
  readonly url: string
  readonly key: string
  readonly requests: Effect.Effect<ReadonlyArray<Logged>>
  /** Model calls only, in order. */
  readonly calls: Effect.Effect<ReadonlyArray<Logged>>
  /** The first logged request that fits, as soon as there is one. */
  readonly waitFor: (predicate: (request: Logged) => boolean) => Effect.Effect<Logged>
  /** The next replies, in order. When none is left the brain answers. */
  readonly enqueue: (...replies: ReadonlyArray<Reply>) => Effect.Effect<void>
  readonly setBrain: (brain: Brain) => Effect.Effect<void>
  /** Lets time go by for what the cache keeps. */
  readonly elapse: (millis: number) => Effect.Effect<void>
}

export interface Options {
  readonly key?: string
  readonly brain?: Brain
  readonly port?: number
  readonly maxBodyBytes?: number
}

const unauthorized: Violation = {
  status: 401,
  type: "authentication_error",
  message: "invalid x-api-key"
}
const noSuchPath: Violation = { status: 404, type: "not_found_error", message: "no such path" }
const tooLarge: Violation = {
  status: 413,
  type: "request_too_large",
  message: "the body is too large"
}
const badVersion: Violation = {
  status: 400,
  type: "invalid_request_error",
  message: "anthropic-version: not a valid version"
}
const versions = new Set(["2023-06-01", "2026-10-21"])

/** Lasts until its scope closes. Time is real even where a test's clock is not. */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  const key = options.key ?? "sk-test-0123456789"
  const clock = Context.get(Context.empty(), Clock.Clock)
  const log = yield* SubscriptionRef.make<ReadonlyArray<Logged>>([])
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  let elapsed = 0
  const cache = makeCache(() => clock.currentTimeMillisUnsafe() + elapsed)
  const queue: Array<Reply> = []
  const issued: Array<Issued> = []
  let brain = options.brain ?? echo
  let ordinal = 0

  const update = (ordinal: number, change: Partial<Logged>) =>
    SubscriptionRef.update(log, (all) =>
      all.map((one) => (one.ordinal === ordinal ? { ...one, ...change } : one))
    )

  const refuseWith = (exchange: Wire.Exchange, { message, status, type }: Violation) =>
    Effect.andThen(
      update(exchange.ordinal, { outcome: "refused", status, message }),
      Wire.sendError(exchange, { status, type, message, headers: {} })
    )

  const answerWith = Effect.fnUntraced(function* (
    exchange: Wire.Exchange,
    body: MessagesBody,
    reply: Reply,
    answer: Answer
  ) {
    const outcome = reply.fault === undefined ? "answered" : "faulted"
    yield* Effect.sleep(reply.startDelayMillis ?? 0)
    if (reply.fault?.kind === "status") {
      yield* update(exchange.ordinal, { outcome, status: reply.fault.status })
      return yield* Wire.sendError(exchange, reply.fault)
    }
    yield* body.stream === true
      ? Wire.sendStream(exchange, reply, answer)
      : Wire.sendWhole(exchange, reply, answer)
    yield* update(exchange.ordinal, { outcome, status: 200 })
  })

  const createMessage = Effect.fnUntraced(function* (exchange: Wire.Exchange, raw: unknown) {
    const checked = check(raw, issued)
    if (Result.isFailure(checked)) return yield* refuseWith(exchange, checked.failure)
    const { body, model } = checked.success
    const reply = queue.shift() ?? brain(body)
    const refuses = reply.fault?.kind === "status"
    const usage = cache(body, model)
    yield* update(exchange.ordinal, { usage })
    const answer = makeAnswer(reply, body, usage, exchange.ordinal)
    if (!refuses) {
      issued.push(answer.issued)
      yield* update(exchange.ordinal, { billed: Option.some(answer.billed) })
    }
    yield* answerWith(exchange, body, reply, answer)
  })

  const countTokens = Effect.fnUntraced(function* (exchange: Wire.Exchange, raw: unknown) {
    const decoded = decodeCount(raw)
    if (Result.isFailure(decoded)) {
      const message = decoded.failure.message
      return yield* refuseWith(exchange, { status: 400, type: "invalid_request_error", message })
    }
    yield* update(exchange.ordinal, { outcome: "answered", status: 200 })
    yield* Wire.sendJson(exchange, 200, { input_tokens: promptTokens(decoded.success) })
  })

  const handle = Effect.fnUntraced(function* (exchange: Wire.Exchange) {
    const { method, path } = exchange
    const incoming = yield* Wire.readBody(exchange, options.maxBodyBytes ?? 32 * 1024 * 1024)
    yield* SubscriptionRef.update(log, (all) => [
      ...all,
      {
        ordinal: exchange.ordinal,
        method,
        path,
        body: Option.getOrUndefined(incoming),
        at: clock.currentTimeMillisUnsafe(),
        outcome: "running" as const,
        status: 0,
        message: "",
        usage: undefined,
        billed: Option.none<TokenUsage>(),
        abortedAt: Option.none<number>()
      }
    ])
    if (Option.isNone(incoming)) return yield* refuseWith(exchange, tooLarge)
    if (exchange.key !== key) return yield* refuseWith(exchange, unauthorized)
    if (!versions.has(exchange.version)) return yield* refuseWith(exchange, badVersion)
    if (method === "GET" && path === "/v1/models") {
      yield* update(exchange.ordinal, { outcome: "answered", status: 200 })
      return yield* Wire.sendJson(exchange, 200, modelList)
    }
    if (method === "POST" && path === "/v1/messages") {
      return yield* createMessage(exchange, incoming.value)
    }
    if (method === "POST" && path === "/v1/messages/count_tokens") {
      return yield* countTokens(exchange, incoming.value)
    }
    return yield* refuseWith(exchange, noSuchPath)
  })

  const serve = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    ordinal += 1
    const exchange = Wire.exchange(ordinal, request, response)
    const seen = Wire.abandoned(exchange).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          update(exchange.ordinal, {
            outcome: "aborted",
            abortedAt: Option.some(clock.currentTimeMillisUnsafe())
          })
        )
      )
    )
    run(Effect.raceFirst(handle(exchange), seen).pipe(Effect.provideService(Clock.Clock, clock)))
  }

  const server = yield* Effect.acquireRelease(
    Effect.sync(() => Http.createServer(serve)),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
  const listening = yield* Deferred.make<number>()
  server.listen(options.port ?? 0, "127.0.0.1", () => {
    Deferred.doneUnsafe(listening, Effect.succeed((server.address() as AddressInfo).port))
  })
  const port = yield* Deferred.await(listening)

  const waitFor: MessagesApi["waitFor"] = (predicate) =>
    SubscriptionRef.changes(log).pipe(
      Stream.map((all) => all.find(predicate)),
      Stream.filter((found) => found !== undefined),
      Stream.runHead,
      Effect.map(Option.getOrThrow)
    )

  return {
    url: `http://127.0.0.1:${port}`,
    key,
    requests: SubscriptionRef.get(log),
    calls: Effect.map(SubscriptionRef.get(log), (all) =>
      all.filter((one) => one.path === "/v1/messages")
    ),
    waitFor,
    enqueue: (...replies) => Effect.sync(() => void queue.push(...replies)),
    setBrain: (next) =>
      Effect.sync(() => {
        brain = next
      }),
    elapse: (millis) =>
      Effect.sync(() => {
        elapsed += millis
      })
  } satisfies MessagesApi
})
