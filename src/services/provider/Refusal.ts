// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a failed model call means for its caller: whether it can have cost anything, and when to try again. */
import type * as AiError from "effect/ai/AiError"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/** Cause of a `NetworkError` whose request never reached the vendor: name not found, connection refused. */
export class NeverSent extends Schema.TaggedError<NeverSent>()("NeverSent", {
  code: Schema.String
}) {
  override get message(): string {
    return `the request was not sent: ${this.code}`
  }
}

/** `constraint` of the `InvalidRequestError` for a prompt that the model's window cannot hold. */
export const promptTooLong = "does not fit the model's context window"

/** Key in a reason's metadata for a wait the vendor asked for where the reason has no field for it. */
export const retryAfterMillisKey = "retryAfterMillis"

/** Something in between gave up waiting: whether the vendor worked meanwhile is not known. */
const unclear = new Set([408, 502, 503, 504])

const isRefusal = (status: number) => status >= 300 && !unclear.has(status)

/**
 * Whether the call was turned down before anything was generated, so that nothing is billed. False
 * means unknown: the connection broke or fell silent, or the answer had begun.
 */
export const wasRefused = (error: AiError.AiError): boolean => {
  const reason = error.reason
  switch (reason._tag) {
    case "NetworkError":
      return reason.reason !== "TransportError" || Predicate.isTagged(reason.cause, "NeverSent")
    case "UnsupportedSchemaError":
    case "ToolkitRequiredError":
    case "ToolConfigurationError":
    case "InvalidUserInputError":
      return true
    default:
      return "http" in reason && isRefusal(reason.http?.response?.status ?? 0)
  }
}

/** How long the vendor asked us to wait. */
export const retryAfter = (error: AiError.AiError): Option.Option<Duration.Duration> => {
  if (error.retryAfter !== undefined) return Option.some(error.retryAfter)
  const reason = error.reason
  if (!("metadata" in reason)) return Option.none()
  return Object.values(reason.metadata).reduce(
    (found: Option.Option<Duration.Duration>, vendor) =>
      Predicate.hasProperty(vendor, retryAfterMillisKey) &&
      Predicate.isNumber(vendor[retryAfterMillisKey])
        ? Option.some(Duration.millis(vendor[retryAfterMillisKey]))
        : found,
    Option.none()
  )
}

/** The prompt must be made shorter; sending it again is of no use. */
export const isPromptTooLong = (error: AiError.AiError): boolean =>
  error.reason._tag === "InvalidRequestError" && error.reason.constraint === promptTooLong

/** The model is asked too much of, or broken: another one may be well. */
export const isOverloaded = (error: AiError.AiError): boolean =>
  error.isRetryable &&
  (error.reason._tag === "RateLimitError" || error.reason._tag === "InternalProviderError")
