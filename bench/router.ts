// SPDX-License-Identifier: MIT OR Apache-2.0
/** How well the router tells simple from hard, and what that saves, on the labelled messages. */
import { costMicros, prices } from "../src/domain/prices.ts"
import { judge } from "../src/domain/router/judge.ts"
import { lower, rankOf, type Tier, tiers } from "../src/domain/router/Tier.ts"
import { type Labelled, prompts } from "./router/prompts.ts"
import { quantile } from "./statistics.ts"

const modelOf = {
  simple: "claude-haiku-5-5",
  standard: "claude-sonnet-5-5",
  complex: "claude-opus-5-5"
}

/** What a turn is taken to need, by its label: whichever model answers it, these tokens are paid. */
const answerTokens = { simple: 120, standard: 600, complex: 2000 }
const cachedPrefixTokens = 1200
const historyTokens = 1500

/** A warm cache for prefix and history; the message itself is new. */
const costOf = (message: Labelled, tier: Tier): number =>
  costMicros(prices.get(modelOf[tier])!, {
    input: 0,
    cacheRead: cachedPrefixTokens + historyTokens,
    cacheWrite: 60 + Math.ceil(message.text.length / 2.5),
    cacheWrite1h: 0,
    output: answerTokens[message.label]
  })

const tierOf = ({ after, attachment, text, tools }: Labelled): Tier =>
  judge(
    { text, attachments: attachment === undefined ? 0 : 1 },
    after === undefined ? [] : [{ need: after, tools }]
  ).tier

/** Most of a day's messages are small: the labelled set holds as many hard ones as easy ones. */
const mixedDay = { simple: 0.6, standard: 0.3, complex: 0.1 }

const share = (part: number, all: number) => Number((part / all).toFixed(3))

const score = (messages: ReadonlyArray<Labelled>) => {
  const judged = messages.map((message) => ({ message, tier: tierOf(message) }))
  const count = (fits: (one: (typeof judged)[number]) => boolean) => judged.filter(fits).length
  /** Over the mixed day, by the mean of each label. */
  const mean = (tierFor: (one: (typeof judged)[number]) => Tier) =>
    Math.round(
      tiers.reduce((sum, label) => {
        const own = judged.filter(({ message }) => message.label === label)
        const total = own.reduce((all, one) => all + costOf(one.message, tierFor(one)), 0)
        return sum + (mixedDay[label] * total) / own.length
      }, 0)
    )
  return {
    messages: judged.length,
    accuracy: share(
      count(({ message, tier }) => tier === message.label),
      judged.length
    ),
    under_routed: share(
      count(({ message, tier }) => rankOf(tier) < rankOf(message.label)),
      judged.length
    ),
    over_routed: share(
      count(({ message, tier }) => rankOf(tier) > rankOf(message.label)),
      judged.length
    ),
    /** By label, then by the tier that was chosen. */
    confusion: Object.fromEntries(
      tiers.map((label) => [
        label,
        Object.fromEntries(
          tiers.map((tier) => [
            tier,
            count((one) => one.message.label === label && one.tier === tier)
          ])
        )
      ])
    ),
    mean_cost_micro_usd: {
      router: mean(({ tier }) => tier),
      /** With model_complex set to the standard model. */
      router_without_complex: mean(({ tier }) => lower(tier, "standard")),
      by_label: mean(({ message }) => message.label),
      always_standard: mean(() => "standard"),
      always_complex: mean(() => "complex")
    }
  }
}

const timed = (message: Labelled): number => {
  const start = performance.now()
  tierOf(message)
  return performance.now() - start
}

export const router = () => {
  prompts.forEach(timed)
  const times = prompts.map(timed)
  return {
    token_model: {
      answerTokens,
      cachedPrefixTokens,
      historyTokens,
      mixedDay,
      cache: "warm, five minutes"
    },
    languages: new Set(prompts.map(({ language }) => language)).size,
    tuned: score(prompts.filter(({ isHeldOut }) => !isHeldOut)),
    held_out: score(prompts.filter(({ isHeldOut }) => isHeldOut)),
    decision_ms: {
      p50: Number(quantile(times, 0.5).toFixed(3)),
      p99: Number(quantile(times, 0.99).toFixed(3))
    }
  }
}
