// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is known of each model beside its price, by exact id: its window, and what it can cache. */

interface ModelLimits {
  /** Tokens that a prompt and its answer may have together. */
  readonly context: number
  /** Nothing shorter than this is cached, and nothing is said about it. */
  readonly smallestCacheable: number
}

const limits: ReadonlyMap<string, ModelLimits> = new Map([
  ["claude-haiku-5-5", { context: 1_000_000, smallestCacheable: 512 }],
  // The vendor does not state the smallest for the next two: their predecessors' are taken.
  ["claude-sonnet-5-5", { context: 1_000_000, smallestCacheable: 1024 }],
  ["claude-opus-5-5", { context: 1_000_000, smallestCacheable: 512 }],
  ["claude-sonnet-5", { context: 1_000_000, smallestCacheable: 1024 }],
  ["claude-opus-5", { context: 1_000_000, smallestCacheable: 512 }],
  ["claude-haiku-4-5", { context: 200_000, smallestCacheable: 4096 }]
])

/** Of a model that nobody knows, the window is what the settings say. */
export const contextOf = (model: string): number =>
  limits.get(model)?.context ?? Number.MAX_SAFE_INTEGER

export const smallestCacheable = (model: string): number =>
  limits.get(model)?.smallestCacheable ?? 1024
