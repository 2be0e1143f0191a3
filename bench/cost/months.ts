// SPDX-License-Identifier: MIT OR Apache-2.0
/** What three kinds of users pay in a month, and what they would without cache and router. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { costMicros, prices, promptTokens, type TokenUsage } from "../../src/domain/prices.ts"
import { type Profile, profiles, day, type Said } from "./day.ts"
import * as World from "./world.ts"

const standard = "claude-sonnet-5-5"
/** So many days are lived through, in one conversation that goes on; a month is 30 of their mean. */
const days = 2

interface Call {
  readonly model: string
  readonly usage: TokenUsage
}

const total = (calls: ReadonlyArray<Call>, cost: (call: Call) => number) =>
  Number((((calls.reduce((sum, call) => sum + cost(call), 0) / days) * 30) / 1e6).toFixed(2))

/** As if nothing was cached and the middle model answered everything. */
const plain = ({ usage }: Call) =>
  costMicros(prices.get(standard)!, {
    input: promptTokens(usage),
    output: usage.output,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0
  })

const live = Effect.fnUntraced(function* (profile: Profile) {
  const all: Array<Said> = []
  for (let n = 0; n < days; n++) all.push(...day(profile, n * profile.messages))
  const plan = new Map(
    all.map(({ label, text, usesTool }): [string, World.Planned] => [
      text,
      {
        label,
        ...(usesTool ? { tool: { name: "calculate", params: { expression: "6 * 7" } } } : {})
      }
    ])
  )
  const world = yield* World.make(plan, {
    model: standard,
    complexModel: "claude-opus-5-5",
    settings: { budget: { daily_usd: 1000, monthly_usd: 1000, per_turn_usd: 100 } }
  })
  for (const { afterMillis, text } of all) {
    yield* world.later(afterMillis)
    yield* world.say(text)
  }
  const calls = (yield* world.api.calls).flatMap(({ billed, body }): ReadonlyArray<Call> =>
    Option.match(billed, {
      onNone: () => [],
      onSome: (usage) => [{ model: (body as { readonly model: string }).model, usage }]
    })
  )
  const sum = (tokens: (usage: TokenUsage) => number) =>
    calls.reduce((all, { usage }) => all + tokens(usage), 0)
  const input = sum(promptTokens)
  const count = (model: string) => calls.filter((call) => call.model === model).length
  return [
    profile.name,
    {
      messages_per_day: profile.messages,
      month_usd: total(calls, ({ model, usage }) => costMicros(prices.get(model)!, usage)),
      /** The same tokens from the same cache, all at the middle model's prices. */
      month_usd_without_router: total(calls, ({ usage }) =>
        costMicros(prices.get(standard)!, usage)
      ),
      month_usd_without_cache_and_router: total(calls, plain),
      cache_hit_ratio: Number((sum(({ cacheRead }) => cacheRead) / input).toFixed(3)),
      input_tokens_per_turn: Math.round(input / all.length),
      uncached_input_tokens_per_turn: Math.round(
        (input - sum(({ cacheRead }) => cacheRead)) / all.length
      ),
      calls: {
        all: calls.length,
        simple: count("claude-haiku-5-5"),
        standard: count(standard),
        complex: count("claude-opus-5-5")
      }
    }
  ] as const
}, Effect.scoped)

export const months = Effect.map(Effect.forEach(profiles, live), Object.fromEntries)
