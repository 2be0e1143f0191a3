// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a model's tokens cost: a dated table keyed by exact id, and exact integer arithmetic on it. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Rate = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

const rates = {
  input: Rate,
  output: Rate,
  cache_read: Rate,
  /** Written for five minutes. */
  cache_write: Rate,
  cache_write_1h: Rate
}
const Rates = Schema.Struct(rates)
type Rates = typeof Rates.Type

/** Dollars per million tokens. `above` holds for a request whose whole prompt has more tokens than that. */
export const Price = Schema.Struct({
  ...rates,
  above: Schema.optionalKey(
    Schema.Struct({ tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)), ...rates })
  )
})
export type Price = typeof Price.Type

/** The day on which the table was last compared with the vendor's pages. */
export const pricesAsOf = "2026-11-01"

const row = (
  input: number,
  output: number,
  cache_write: number,
  cache_write_1h: number,
  cache_read: number
): Rates => ({ input, output, cache_read, cache_write, cache_write_1h })

export const prices: ReadonlyMap<string, Price> = new Map<string, Price>([
  [
    "claude-haiku-5-5",
    {
      ...row(0.1, 0.5, 0.125, 0.2, 0.01),
      above: { tokens: 100_000, ...row(0.5, 2.5, 0.625, 1, 0.05) }
    }
  ],
  ["claude-sonnet-5-5", row(2, 10, 2.5, 4, 0.2)],
  ["claude-opus-5-5", row(4, 20, 5, 8, 0.2)],
  ["claude-sonnet-5", row(2, 10, 2.5, 4, 0.2)],
  ["claude-opus-5", row(5, 25, 6.25, 10, 0.5)],
  ["claude-haiku-4-5", row(1, 5, 1.25, 2, 0.1)],
  ["demo", row(0, 0, 0, 0, 0)]
])

/** By exact id only; the user's rows win. `None`: the model must not be called. */
export const priceOf = (
  model: string,
  overrides: Readonly<Record<string, Price>> = {}
): Option.Option<Price> =>
  Object.hasOwn(overrides, model)
    ? Option.fromUndefinedOr(overrides[model])
    : Option.fromUndefinedOr(prices.get(model))

/** The five counts that are billed apart. They do not overlap. */
export const TokenUsage = Schema.Struct({
  input: Schema.Int,
  cacheRead: Schema.Int,
  cacheWrite: Schema.Int,
  cacheWrite1h: Schema.Int,
  output: Schema.Int
})
export type TokenUsage = typeof TokenUsage.Type

const scale = 1_000_000n

/** All that a prompt had, however it was billed. */
export const promptTokens = (usage: TokenUsage): number =>
  usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h

/** A rate in millionths of a micro-dollar per token, never below the true one. */
const scaled = (rate: number): bigint => BigInt(Math.ceil(Number((rate * 1e6).toFixed(3))))

const roundUp = (amount: bigint): number => Number((amount + scale - 1n) / scale)

/** What a finished call cost, in whole micro-dollars, rounded up. */
export const costMicros = (price: Price, usage: TokenUsage): number => {
  const prompt = promptTokens(usage)
  const tier: Rates = price.above !== undefined && prompt > price.above.tokens ? price.above : price
  return roundUp(
    BigInt(usage.input) * scaled(tier.input) +
      BigInt(usage.cacheRead) * scaled(tier.cache_read) +
      BigInt(usage.cacheWrite) * scaled(tier.cache_write) +
      BigInt(usage.cacheWrite1h) * scaled(tier.cache_write_1h) +
      BigInt(usage.output) * scaled(tier.output)
  )
}

/** The dearest rates that a prompt of at most this many tokens can meet. */
const dearest = (price: Price, promptTokensBound: number) => {
  const tiers: ReadonlyArray<Rates> =
    price.above !== undefined && promptTokensBound > price.above.tokens
      ? [price, price.above]
      : [price]
  const prompt = tiers.flatMap((tier) => [
    tier.input,
    tier.cache_read,
    tier.cache_write,
    tier.cache_write_1h
  ])
  return {
    prompt: scaled(Math.max(...prompt)),
    output: scaled(Math.max(...tiers.map((tier) => tier.output)))
  }
}

/** No call within these bounds costs more. */
export const worstCaseMicros = (
  price: Price,
  promptTokensBound: number,
  maxOutputTokens: number
): number => {
  const rate = dearest(price, promptTokensBound)
  return roundUp(BigInt(promptTokensBound) * rate.prompt + BigInt(maxOutputTokens) * rate.output)
}

/** The most output tokens whose worst case fits into what remains; 0 when the prompt alone does not. */
export const affordableOutput = (
  price: Price,
  promptTokensBound: number,
  remainingMicros: number
): number => {
  const rate = dearest(price, promptTokensBound)
  const left = BigInt(remainingMicros) * scale - BigInt(promptTokensBound) * rate.prompt
  if (left < 0n) return 0
  if (rate.output === 0n) return Number.MAX_SAFE_INTEGER
  return Number(left / rate.output)
}
