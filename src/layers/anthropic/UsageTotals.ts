// SPDX-License-Identifier: MIT OR Apache-2.0
/** Token counts of one answer, merged over its events: a count only ever grows. */
import type * as Response from "effect/ai/Response"
import type { Usage } from "./WireEvent.ts"

export interface Totals {
  readonly input: number | undefined
  readonly cacheRead: number | undefined
  readonly cacheWrite: number | undefined
  readonly cacheWrite5m: number | undefined
  readonly cacheWrite1h: number | undefined
  readonly output: number | undefined
  readonly thinking: number | undefined
}

export const none: Totals = {
  input: undefined,
  cacheRead: undefined,
  cacheWrite: undefined,
  cacheWrite5m: undefined,
  cacheWrite1h: undefined,
  output: undefined,
  thinking: undefined
}

const larger = (seen: number | undefined, next: number | null | undefined): number | undefined =>
  next === null || next === undefined ? seen : Math.max(seen ?? 0, next)

export const merge = (seen: Totals, next: Usage | null | undefined): Totals => ({
  input: larger(seen.input, next?.input_tokens),
  cacheRead: larger(seen.cacheRead, next?.cache_read_input_tokens),
  cacheWrite: larger(seen.cacheWrite, next?.cache_creation_input_tokens),
  cacheWrite5m: larger(seen.cacheWrite5m, next?.cache_creation?.ephemeral_5m_input_tokens),
  cacheWrite1h: larger(seen.cacheWrite1h, next?.cache_creation?.ephemeral_1h_input_tokens),
  output: larger(seen.output, next?.output_tokens),
  thinking: larger(seen.thinking, next?.output_tokens_details?.thinking_tokens)
})

export const toUsage = (totals: Totals): Response.FinishPartEncoded["usage"] => ({
  inputTokens: {
    uncached: totals.input,
    cacheRead: totals.cacheRead,
    cacheWrite: totals.cacheWrite,
    total:
      totals.input === undefined
        ? undefined
        : totals.input + (totals.cacheRead ?? 0) + (totals.cacheWrite ?? 0)
  },
  outputTokens: {
    total: totals.output,
    text:
      totals.output === undefined || totals.thinking === undefined
        ? undefined
        : Math.max(0, totals.output - totals.thinking),
    reasoning: totals.thinking
  }
})

/** How long the written cache entries live, for the price. */
export const cacheCreation = (totals: Totals) => ({
  ephemeral_5m_input_tokens:
    totals.cacheWrite5m ?? Math.max(0, (totals.cacheWrite ?? 0) - (totals.cacheWrite1h ?? 0)),
  ephemeral_1h_input_tokens: totals.cacheWrite1h ?? 0
})
