// SPDX-License-Identifier: MIT OR Apache-2.0
/** What can go wrong with a request, as `AiError`s. None carries the vendor's own error: it holds headers. */
import * as AiError from "effect/ai/AiError"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { NeverSent, promptTooLong, retryAfterMillisKey } from "../../services/provider/Refusal.ts"

/** Where a request went, and with which key: what an error may say, and what it must not. */
export interface Origin {
  readonly url: string
  readonly key: Redacted.Redacted
}

const messageLimit = 300

const failure = (reason: AiError.AiErrorReason): AiError.AiError =>
  AiError.make({ module: "AnthropicProvider", method: "messages", reason })

const speakable = (origin: Origin, text: string): string =>
  text.replaceAll(Redacted.value(origin.key), "[key]").slice(0, messageLimit)

export const network = (origin: Origin, description: string, cause?: NeverSent): AiError.AiError =>
  failure(
    new AiError.NetworkError({
      reason: "TransportError",
      method: "POST",
      url: origin.url,
      description,
      ...(cause === undefined ? undefined : { cause })
    })
  )

const Body = Schema.Struct({
  error: Schema.Struct({
    type: Schema.optional(Schema.String),
    message: Schema.optional(Schema.String)
  })
})
const decodeBody = Schema.decodeUnknownOption(Body)

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
const retryAfterMillis = (headers: Headers, now: number): Option.Option<number> => {
  const millis = Number.parseFloat(headers.get("retry-after-ms") ?? "")
  if (millis >= 0) return Option.some(Math.ceil(millis))
  const text = headers.get("retry-after") ?? ""
  const seconds = Number(text === "" ? Number.NaN : text)
  if (seconds >= 0) return Option.some(Math.ceil(seconds * 1000))
  const date = Date.parse(text)
  return Number.isNaN(date) ? Option.none() : Option.some(Math.max(0, date - now))
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** The vendor answered with an error instead of generating anything. */
export const fromStatus = (origin: Origin, answer: Answer, now: number): AiError.AiError => {
  const { headers, status } = answer
  const error = Option.map(decodeBody(answer.body), (body) => body.error)
  const type = Option.getOrNull(Option.flatMapNullishOr(error, ({ type }) => type))
  const said = Option.getOrElse(
    Option.flatMapNullishOr(error, ({ message }) => message),
    () => ""
  )
  const description = speakable(origin, said === "" ? `HTTP ${status}` : said)
  const wait = retryAfterMillis(headers, now)
  const requestId = headers.get("request-id")
  const common = {
    metadata: {
      anthropic: { type, requestId, [retryAfterMillisKey]: Option.getOrNull(wait) }
    },
    http: { response: { status, headers: {} } }
  }
  if (status === 429) {
    const retryAfter = Option.getOrUndefined(Option.map(wait, Duration.millis))
    return failure(
      new AiError.RateLimitError({
        ...common,
        ...(retryAfter === undefined ? undefined : { retryAfter })
      })
    )
  }
  if (status === 401)
    return failure(new AiError.AuthenticationError({ ...common, kind: "InvalidKey" }))
  if (status === 403) {
    return failure(new AiError.AuthenticationError({ ...common, kind: "InsufficientPermissions" }))
  }
  if (status === 402) return failure(new AiError.QuotaExhaustedError(common))
  if (status === 408 || status === 409 || status >= 500) {
    return failure(new AiError.InternalProviderError({ ...common, description }))
  }
  const tooLong = status === 413 || /prompt is too long|context (window|length|limit)/i.test(said)
  return failure(
    new AiError.InvalidRequestError({
      ...common,
      description,
      ...(tooLong ? { parameter: "prompt", constraint: promptTooLong } : undefined)
    })
  )
}

/** The vendor broke off an answer that had begun: what it cost is not known, so no status is set. */
export const fromErrorEvent = (
  origin: Origin,
  event: { readonly type: string; readonly message?: string | undefined }
): AiError.AiError => {
  const metadata = { anthropic: { type: event.type } }
  const description = speakable(origin, `${event.type}: ${event.message ?? ""}`)
  switch (event.type) {
    case "rate_limit_error":
      return failure(new AiError.RateLimitError({ metadata }))
    case "authentication_error":
      return failure(new AiError.AuthenticationError({ kind: "InvalidKey", metadata }))
    case "permission_error":
      return failure(new AiError.AuthenticationError({ kind: "InsufficientPermissions", metadata }))
    case "billing_error":
      return failure(new AiError.QuotaExhaustedError({ metadata }))
    case "invalid_request_error":
    case "not_found_error":
    case "request_too_large":
      return failure(new AiError.InvalidRequestError({ description, metadata }))
    default:
      return failure(new AiError.InternalProviderError({ description, metadata }))
  }
}

/** The stream ended or turned unreadable before the answer was complete. */
export const brokenOff = (description: string): AiError.AiError =>
  failure(new AiError.InternalProviderError({ description }))

const unsentCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"])
const unsentCalls = new Set(["connect", "getaddrinfo"])

/**
 * The code of a failure to connect, somewhere down the chain of causes. The SDK keeps no cause when
 * connecting took too long; every later wait is limited by ourselves, and sooner than by the SDK.
 */
const unsentCode = (error: unknown, depth = 0): Option.Option<string> => {
  if (!Predicate.isObject(error) || depth > 5) return Option.none()
  if (Predicate.hasProperty(error, "name") && error.name === "APIConnectionTimeoutError") {
    return Option.some("connect timeout")
  }
  const code = Predicate.hasProperty(error, "code") ? String(error.code) : ""
  const call = Predicate.hasProperty(error, "syscall") ? String(error.syscall) : ""
  if (unsentCodes.has(code) || unsentCalls.has(call) || /^(CERT_|ERR_TLS_|ERR_SSL_)/.test(code)) {
    return Option.some(code)
  }
  return Predicate.hasProperty(error, "cause") ? unsentCode(error.cause, depth + 1) : Option.none()
}

/** A request that brought no answer at all. */
export const fromConnection = (origin: Origin, error: unknown): AiError.AiError =>
  Option.match(unsentCode(error), {
    onNone: () => network(origin, "the connection broke"),
    onSome: (code) => network(origin, `no connection: ${code}`, new NeverSent({ code }))
  })
