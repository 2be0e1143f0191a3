// SPDX-License-Identifier: MIT OR Apache-2.0
/** From what a turn needs to the model that answers it: pins, budget and caches weighed in. */
import { formatMicros } from "../money.ts"
import type { Price } from "../prices.ts"
import { cachedTokens, coldRead, isWarm, type LastCall, savedBySwitching } from "./economy.ts"
import type { Judgement } from "./judge.ts"
import { tierNamed } from "./override.ts"
import type { Routing } from "./Routing.ts"
import { lower, type Models, rankOf, type Tier, tiers } from "./Tier.ts"

/** From these shares of a budget on, complex turns become standard, and all become simple. */
const fewer = 0.8
const fewest = 0.95

export interface Circumstances {
  readonly provider: string
  readonly models: Models
  readonly priceOf: (model: string) => Price | undefined
  readonly judgement: Judgement
  /** The word before the message. */
  readonly prefix: string | undefined
  /** A tier or a model's id; empty: none. */
  readonly pin: string
  /** The largest share of the daily or the monthly budget that is spent, from 0 to 1. */
  readonly spentShare: number
  readonly now: number
  readonly last: LastCall | undefined
  /** The last calls of the other models that were asked in the session. */
  readonly earlier: ReadonlyArray<LastCall>
  readonly hasJustChanged: boolean
}

interface Choice {
  readonly tier: Tier
  readonly model: string
  readonly reasons: ReadonlyArray<string>
}

/** A share that looks like the limit is not shown above it. */
const percent = (share: number) => `${Math.floor(share * 100)} %`

const capOf = (share: number): Tier =>
  share >= fewest ? "simple" : share >= fewer ? "standard" : "complex"

/** A tier whose model has a price: the wanted one, else a cheaper one, else a dearer one. */
const priced = (wanted: Tier, { models, priceOf }: Circumstances): Choice => {
  const rank = rankOf(wanted)
  const found = [...tiers.slice(0, rank + 1).toReversed(), ...tiers.slice(rank + 1)].find(
    (tier) => priceOf(models[tier]) !== undefined
  )
  const tier = found ?? wanted
  const reasons =
    tier === wanted
      ? []
      : [`no price is known for ${models[wanted]}: ${tier} rather than ${wanted}`]
  return { tier, model: models[tier], reasons }
}

const tierOfModel = (model: string, models: Models): Tier | undefined =>
  tiers.findLast((tier) => models[tier] === model)

/** What a person asked for stands above the router's thrift, not above the budget itself. */
const overridden = (wanted: string, source: string, given: Circumstances): Choice | undefined => {
  const { judgement, models, priceOf, spentShare } = given
  const isModel = priceOf(wanted) !== undefined && tierNamed(wanted, models) === undefined
  const tier = isModel ? (tierOfModel(wanted, models) ?? judgement.tier) : tierNamed(wanted, models)
  if (tier === undefined) return undefined
  const choice = isModel ? { tier, model: wanted, reasons: [] } : priced(tier, given)
  const isSpared = rankOf(capOf(spentShare)) < rankOf(choice.tier)
  const spared = isSpared
    ? [`the budget at ${percent(spentShare)} would have lowered it, but your word counts`]
    : []
  return { ...choice, reasons: [source, ...choice.reasons, ...spared] }
}

/** Stays with the last model when going to a cheaper one costs more than it saves. */
const thrifty = (choice: Choice, cap: Tier, given: Circumstances): Choice => {
  const { earlier, hasJustChanged, judgement, last, models, now, priceOf } = given
  if (last === undefined || last.model === choice.model) return choice
  const from = priceOf(last.model)
  const to = priceOf(choice.model)
  const lastTier = tierOfModel(last.model, models)
  if (from === undefined || to === undefined || lastTier === undefined) return choice
  const before = earlier.find(({ model }) => model === choice.model)
  const cached = cachedTokens(before, last.historyTokens, now)
  const unread = last.historyTokens - cached
  const again = formatMicros(coldRead(to, unread))
  if (rankOf(lastTier) < rankOf(choice.tier)) {
    const price = `reading ${unread} tokens anew costs about ${again}`
    return { ...choice, reasons: [...choice.reasons, `up from ${last.model}: ${price}`] }
  }
  if (rankOf(lastTier) > rankOf(cap)) return choice
  const need = judgement.tier
  const saved = savedBySwitching({ last, cached, now, need, from, to, hasJustChanged })
  if (saved > 0) return choice
  const why = isWarm(last, now)
    ? `it has ${last.historyTokens} tokens cached, of which ${choice.model} would read ${unread} anew for ${again}`
    : `${choice.model} would not be cheaper`
  return {
    tier: lastTier,
    model: last.model,
    reasons: [...choice.reasons, `stays with ${last.model}: ${why}`]
  }
}

const automatic = (given: Circumstances): Choice => {
  const { judgement, models, spentShare } = given
  if (new Set(Object.values(models)).size === 1) {
    const reasons = ["there is one model for everything"]
    return { tier: judgement.tier, model: models[judgement.tier], reasons }
  }
  const cap = capOf(spentShare)
  const wanted = lower(judgement.tier, cap)
  const lowered =
    wanted === judgement.tier
      ? []
      : [`budget at ${percent(spentShare)}: ${judgement.tier} lowered to ${wanted}`]
  const choice = priced(wanted, given)
  const reasons = [...judgement.reasons, ...lowered, ...choice.reasons]
  return thrifty({ ...choice, reasons }, cap, given)
}

export const choose = (given: Circumstances): Routing => {
  const { judgement, pin, prefix, provider } = given
  const asked =
    prefix === undefined ? undefined : overridden(prefix, `!${prefix} before the message`, given)
  const pinned = pin === "" ? undefined : overridden(pin, `/model ${pin} for this session`, given)
  const unheard =
    prefix !== undefined && asked === undefined ? [`no configured model is called ${prefix}`] : []
  const lost =
    pin !== "" && pinned === undefined
      ? [`this session is pinned to ${pin}, which has no price any more`]
      : []
  const choice = asked ?? pinned ?? automatic(given)
  return {
    provider,
    intendedModel: choice.model,
    model: choice.model,
    tier: choice.tier,
    need: judgement.tier,
    confidence: choice === asked || choice === pinned ? 1 : judgement.confidence,
    reasons: [...unheard, ...lost, ...choice.reasons]
  }
}
