// SPDX-License-Identifier: MIT OR Apache-2.0
/** One sentence and a next step for everything that can end a turn; the compiler misses none. */
import type * as AiError from "effect/ai/AiError"
import * as Schema from "effect/Schema"
import { windowKey, windowName } from "../../domain/budgetWindows.ts"
import { formatMicros } from "../../domain/money.ts"
import { spellInstant } from "../../domain/period.ts"
import { spokenDuration } from "../../domain/spokenDuration.ts"
import type { MessageTooLong } from "../Compactor.ts"
import type { ModelCallError } from "../ModelCall.ts"
import { isPromptTooLong } from "../provider/Refusal.ts"

export class TurnTimedOut extends Schema.TaggedError<TurnTimedOut>()("TurnTimedOut", {
  limitMillis: Schema.Finite
}) {}

export class IterationLimit extends Schema.TaggedError<IterationLimit>()("IterationLimit", {
  limit: Schema.Int
}) {}

/** A defect: our mistake, not the person's. */
export class Broken extends Schema.TaggedError<Broken>()("Broken", {}) {}

export type TurnFailure = ModelCallError | MessageTooLong | TurnTimedOut | IterationLimit | Broken

type Sentences<E extends { readonly _tag: string }> = {
  readonly [Tag in E["_tag"]]: (error: Extract<E, { readonly _tag: Tag }>) => string
}

const again = "Send /retry to try again."

const reasons: Sentences<AiError.AiErrorReason> = {
  NetworkError: () => `The model could not be reached. Check the network, then: ${again}`,
  RateLimitError: () =>
    `The model's provider limits how often it may be asked. Wait a while. ${again}`,
  QuotaExhaustedError: () =>
    "The account at the model's provider has no credit left. Add some there, then send /retry.",
  AuthenticationError: () =>
    "The model's provider refused the key. Store a valid one (blufio secret set ANTHROPIC_API_KEY), then send /retry.",
  ContentPolicyError: () => "The model's provider refused this content. Put it differently.",
  InvalidRequestError: () =>
    "The model's provider found the request invalid. Send /new to start afresh; the log says more.",
  InternalProviderError: () =>
    `The model's provider is overloaded or broken. Wait a while. ${again}`,
  InvalidResponseError: () => `The model's provider sent nonsense. ${again}`,
  InvalidOutputError: () => `The model's answer broke off. ${again}`,
  StructuredOutputError: () => `The model's answer was not in the form asked for. ${again}`,
  UnsupportedSchemaError: () => "A tool cannot be described to this model. The log says which.",
  UnknownError: () => `The model failed for an unknown reason; the log says more. ${again}`,
  ToolNotFoundError: () => `The model called a tool that does not exist. ${again}`,
  ToolParameterValidationError: () => `The model called a tool with wrong parameters. ${again}`,
  InvalidToolResultError: () => `A tool's result was not usable. ${again}`,
  ToolResultEncodingError: () => `A tool's result was not usable. ${again}`,
  ToolConfigurationError: () => "A tool is configured wrongly. The log says which.",
  ToolkitRequiredError: () => "A tool is missing. The log says which.",
  InvalidUserInputError: () => "The model cannot take this kind of message. Send it as text."
}

const sentences: Sentences<TurnFailure> = {
  AiError: (error) => {
    if (isPromptTooLong(error))
      return "This conversation has grown too long for the model. Send /new to start afresh."
    const sentence = reasons[error.reason._tag] as (reason: AiError.AiErrorReason) => string
    return sentence(error.reason)
  },
  BudgetExceeded: (error) => {
    const { endsAt, limitMicros, neededMicros, spentMicros, window } = error
    const key = windowKey(error)
    const variable = `BLUFIO__${key.toUpperCase().replaceAll(".", "__")}`
    const place = window.startsWith("agent_") ? "blufio.toml" : `blufio.toml, or set ${variable},`
    const way =
      endsAt === null
        ? "send less at once, or /new to start afresh"
        : `wait until ${spellInstant(endsAt, error.zone)}, when the next one begins`
    return (
      `The answer could cost up to ${formatMicros(neededMicros)}, and of ${windowName(error)} of ` +
      `${formatMicros(limitMicros)} ${formatMicros(spentMicros)} is spent or reserved. ` +
      `Raise ${key} in ${place} and restart, or ${way}.`
    )
  },
  MessageTooLong: ({ tokens, window }) =>
    `This alone is about ${tokens} tokens, more than the window of ${window} ` +
    "(context.window_tokens) holds. Send it in smaller pieces, or raise the key in blufio.toml and restart.",
  ProviderNotReady: ({ detail }) => `The model cannot be used: ${detail}`,
  UnknownPrice: ({ model }) =>
    `No price is known for the model ${model}, so it is not called. ` +
    `Add [provider.prices."${model}"] to blufio.toml.`,
  StoreError: ({ isUnreadable }) =>
    isUnreadable
      ? "Part of this conversation cannot be read any more; the log says which. Send /new to start afresh."
      : "The database failed. Check the disk and its free space; the log says more.",
  TurnTimedOut: ({ limitMillis }) =>
    `I stopped: this took longer than ${spokenDuration(limitMillis)} ` +
    "(agent.turn_timeout). Send /retry, or ask for less at once.",
  IterationLimit: ({ limit }) =>
    `I stopped after ${limit} rounds of tool use (agent.max_tool_iterations). ` +
    "Say how to go on, or ask for less at once.",
  Broken: () => `Something broke inside Blufio; the log says what. ${again}`
}

/** The tag that is stored with the turn. */
export const detailOf = (error: TurnFailure): string =>
  error._tag === "MessageTooLong" || (error._tag === "AiError" && isPromptTooLong(error))
    ? "PromptTooLong"
    : error._tag

/** For the person: what happened, and what to do now. */
export const explain = (error: TurnFailure): string => {
  const sentence = sentences[error._tag] as (error: TurnFailure) => string
  return `⚠️ ${sentence(error)}`
}
