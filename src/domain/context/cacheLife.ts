// SPDX-License-Identifier: MIT OR Apache-2.0
/** How long what is written to a vendor's prompt cache should live: arithmetic on the gaps so far. */
import * as Duration from "effect/Duration"
import type { Price } from "../prices.ts"

export type CacheLife = "5m" | "1h"

const lives = { "5m": Duration.toMillis("5 minutes"), "1h": Duration.toMillis("1 hour") }

/** What calls with these gaps between them would have cost. Reading refreshes an entry. */
const cost = (
  life: CacheLife,
  gaps: ReadonlyArray<number>,
  price: Price,
  tokens: { readonly kept: number; readonly added: number }
): number => {
  const write = life === "5m" ? price.cache_write : price.cache_write_1h
  return gaps.reduce(
    (sum, gap) =>
      sum + tokens.kept * (gap < lives[life] ? price.cache_read : write) + tokens.added * write,
    0
  )
}

/**
 * `gaps`: milliseconds between a conversation's recent calls. `kept`: tokens that each of them has
 * in common with the one before; `added`: those that are new in each. Without gaps: five minutes.
 */
export const cacheLife = (
  gaps: ReadonlyArray<number>,
  price: Price,
  tokens: { readonly kept: number; readonly added: number }
): CacheLife => (cost("1h", gaps, price, tokens) < cost("5m", gaps, price, tokens) ? "1h" : "5m")

/** The gaps between some times, and from the last of them to now. */
export const gapsOf = (times: ReadonlyArray<number>, now: number): ReadonlyArray<number> => {
  const sorted = [...times.toSorted((a, b) => a - b), now]
  return sorted.slice(1).map((time, index) => time - sorted[index]!)
}
