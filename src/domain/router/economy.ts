// SPDX-License-Identifier: MIT OR Apache-2.0
/** What it costs to answer on a model that has the conversation cached, or on one that has not. */
import { costMicros, type Price } from "../prices.ts"
import type { Tier } from "./Tier.ts"

/** A model's last call in the session: what it may still have cached. */
export interface LastCall {
  readonly model: string
  /** Its prompt and its answer. */
  readonly historyTokens: number
  readonly at: number
  /** Whether its cache was written for an hour. */
  readonly isKeptForAnHour: boolean
}

/** What an answer is taken to be long, where two models are compared for it. */
const answerTokens: Readonly<Record<Tier, number>> = { simple: 200, standard: 700, complex: 2000 }

/** How likely a cache is lost because another model took the turn that would have kept it alive. */
const lossRisk = { fiveMinutes: 0.15, anHour: 0.02 }

const fiveMinutes = 300_000
const anHour = 3_600_000

export const isWarm = ({ at, isKeptForAnHour }: LastCall, now: number): boolean =>
  now - at < (isKeptForAnHour ? anHour : fiveMinutes)

/** How many of the history's tokens a model still has from its last call. */
export const cachedTokens = (
  call: LastCall | undefined,
  historyTokens: number,
  now: number
): number =>
  call !== undefined && isWarm(call, now) ? Math.min(call.historyTokens, historyTokens) : 0

/** Reading what a model has not seen: all of it is written to its cache. */
export const coldRead = (price: Price, historyTokens: number): number =>
  costMicros(price, {
    input: 0,
    cacheRead: 0,
    cacheWrite: historyTokens,
    cacheWrite1h: 0,
    output: 0
  })

const turnCost = (price: Price, historyTokens: number, cached: number, need: Tier): number =>
  costMicros(price, {
    input: 0,
    cacheRead: cached,
    cacheWrite: historyTokens - cached,
    cacheWrite1h: 0,
    output: answerTokens[need]
  })

/**
 * What is saved, in micro-dollars, by answering this turn on `next` instead of on the model of the
 * last call, whose cache may be lost meanwhile. `hasJustChanged`: that model was changed to one turn
 * ago, which makes it likely to be wanted again.
 */
export const savedBySwitching = (options: {
  readonly last: LastCall
  /** Of the history, what `next` has still cached. */
  readonly cached: number
  readonly now: number
  readonly need: Tier
  readonly from: Price
  readonly to: Price
  readonly hasJustChanged: boolean
}): number => {
  const { cached, from, hasJustChanged, last, need, now, to } = options
  const warm = isWarm(last, now)
  const { historyTokens } = last
  const staying = turnCost(from, historyTokens, warm ? historyTokens : 0, need)
  const lost = last.isKeptForAnHour ? lossRisk.anHour : lossRisk.fiveMinutes
  const risk = warm ? lost * (hasJustChanged ? 2 : 1) : 0
  const returning = risk * coldRead(from, historyTokens)
  return Math.floor(staying - turnCost(to, historyTokens, cached, need) - returning)
}
