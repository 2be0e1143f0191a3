// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a turn or a step ended, in words instead of the names that are stored. */

const words: Readonly<Record<string, string>> = {
  AiError: "the model failed",
  PromptTooLong: "the conversation is too long for the model",
  BudgetExceeded: "a budget did not allow it",
  ProviderNotReady: "the model cannot be used",
  UnknownPrice: "no price is known for the model",
  StoreError: "the database failed",
  TurnTimedOut: "it took too long",
  IterationLimit: "too many rounds of tool use",
  Broken: "something broke inside Blufio",
  NetworkError: "the model could not be reached",
  RateLimitError: "the provider limits how often it may be asked",
  QuotaExhaustedError: "the account has no credit left",
  AuthenticationError: "the key was refused",
  ContentPolicyError: "the provider refused the content",
  InvalidRequestError: "the provider found the request invalid",
  InternalProviderError: "the provider is overloaded or broken",
  InvalidResponseError: "the provider sent nonsense",
  InvalidOutputError: "the answer broke off"
}

export const spokenOutcome = (stored: string): string => words[stored] ?? stored
