// SPDX-License-Identifier: MIT OR Apache-2.0
/** Costs are exact, whole, never above the reserved worst case, and only known for exact ids. */
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import {
  affordableOutput,
  costMicros,
  Price,
  priceOf,
  prices,
  pricesAsOf,
  type TokenUsage,
  worstCaseMicros
} from "../../src/domain/prices.ts"

const known = (model: string): Price => Option.getOrThrow(priceOf(model))

const none: TokenUsage = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 }

const Cents = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))
const Tokens = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400_000 }))
const PriceSeed = Schema.Struct({
  rates: Schema.Tuple([Cents, Cents, Cents, Cents, Cents]),
  above: Schema.Tuple([Cents, Cents, Cents, Cents, Cents]),
  tokens: Tokens,
  tiered: Schema.Boolean
})
const UsageSeed = Schema.Struct({
  input: Tokens,
  cacheRead: Tokens,
  cacheWrite: Tokens,
  cacheWrite1h: Tokens,
  output: Tokens
})

type Five = typeof PriceSeed.Type.rates

const rates = ([input, output, cache_read, cache_write, cache_write_1h]: Five) => ({
  input: input / 1000,
  output: output / 1000,
  cache_read: cache_read / 1000,
  cache_write: cache_write / 1000,
  cache_write_1h: cache_write_1h / 1000
})

const priceFrom = (seed: typeof PriceSeed.Type): Price => ({
  ...rates(seed.rates),
  ...(seed.tiered ? { above: { tokens: seed.tokens, ...rates(seed.above) } } : undefined)
})

const promptOf = (usage: TokenUsage) =>
  usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h

describe("the price table", () => {
  it("knows exact ids only, and the user's rows come first", () => {
    assert.isTrue(Option.isNone(priceOf("claude-opus-5-5-latest")))
    assert.isTrue(Option.isNone(priceOf("opus")))
    assert.isTrue(Option.isNone(priceOf("toString")))
    const mine = { ...known("demo"), input: 9 }
    assert.strictEqual(
      Option.getOrThrow(priceOf("claude-opus-5-5", { "claude-opus-5-5": mine })).input,
      9
    )
    assert.isTrue(Option.isNone(priceOf("constructor", { mine })))
  })

  it("is dated and well-formed, and the demo model is free", () => {
    assert.match(pricesAsOf, /^2026-\d\d-\d\d$/)
    for (const price of prices.values()) assert.isTrue(Schema.is(Price)(price))
    assert.strictEqual(worstCaseMicros(known("demo"), 1e6, 1e6), 0)
  })

  it("bills each kind of token at its own rate", () => {
    const million = { input: 1e6, cacheRead: 1e6, cacheWrite: 1e6, cacheWrite1h: 1e6, output: 1e6 }
    assert.strictEqual(costMicros(known("claude-opus-5-5"), million), (4 + 0.2 + 5 + 8 + 20) * 1e6)
    assert.strictEqual(
      costMicros(known("claude-sonnet-5-5"), million),
      (2 + 0.2 + 2.5 + 4 + 10) * 1e6
    )
  })

  it("takes the long-prompt tier by the whole prompt, cached or not", () => {
    const haiku = known("claude-haiku-5-5")
    assert.strictEqual(costMicros(haiku, { ...none, input: 100_000 }), 10_000)
    assert.strictEqual(costMicros(haiku, { ...none, input: 1, cacheRead: 100_000 }), 5_001)
    assert.strictEqual(costMicros(haiku, { ...none, input: 100_001, output: 1000 }), 52_501)
  })

  it("rounds up, and is exact where floating point is not", () => {
    const haiku = known("claude-haiku-5-5")
    assert.strictEqual(costMicros(haiku, { ...none, input: 1 }), 1)
    assert.strictEqual(costMicros(haiku, { ...none, input: 30 }), 3)
    assert.strictEqual(costMicros({ ...haiku, input: 0.07 }, { ...none, input: 100 }), 7)
  })
})

describe("reservations", () => {
  it.prop(
    "no usage within the bounds costs more than the worst case",
    [PriceSeed, UsageSeed, Tokens, Tokens],
    ([seed, usage, spareIn, spareOut]) => {
      const price = priceFrom(seed)
      const worst = worstCaseMicros(price, promptOf(usage) + spareIn, usage.output + spareOut)
      const cost = costMicros(price, usage)
      assert.isAtMost(cost, worst)
      assert.isTrue(Number.isSafeInteger(cost) && Number.isSafeInteger(worst) && cost >= 0)
    }
  )

  it.prop(
    "the worst case grows with both bounds",
    [PriceSeed, Tokens, Tokens, Tokens, Tokens],
    ([seed, prompt, output, morePrompt, moreOutput]) => {
      const price = priceFrom(seed)
      assert.isAtMost(
        worstCaseMicros(price, prompt, output),
        worstCaseMicros(price, prompt + morePrompt, output + moreOutput)
      )
    }
  )

  it.prop(
    "the affordable output fits into what remains, and one token more does not",
    [PriceSeed, Tokens, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1e8 }))],
    ([seed, prompt, remaining]) => {
      const price = priceFrom(seed)
      const output = affordableOutput(price, prompt, remaining)
      if (output === Number.MAX_SAFE_INTEGER) return
      if (output > 0) assert.isAtMost(worstCaseMicros(price, prompt, output), remaining)
      assert.isAbove(worstCaseMicros(price, prompt, output + 1), remaining)
    }
  )
})
