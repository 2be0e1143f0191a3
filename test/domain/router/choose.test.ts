// SPDX-License-Identifier: MIT OR Apache-2.0
/** From a need to a model: budget, pins, prices and caches, each with its reason. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { personText } from "../../../src/domain/Message.ts"
import { priceOf } from "../../../src/domain/prices.ts"
import { choose, type Circumstances } from "../../../src/domain/router/choose.ts"
import { savedBySwitching } from "../../../src/domain/router/economy.ts"
import { prefixOf, withoutPrefix } from "../../../src/domain/router/override.ts"
import type { Tier } from "../../../src/domain/router/Tier.ts"

const models = {
  simple: "claude-haiku-5-5",
  standard: "claude-sonnet-5-5",
  complex: "claude-opus-5-5"
}

const need = (tier: Tier) => ({ tier, confidence: 0.8, reasons: [`looks ${tier}`] })

const given = (overrides: Partial<Circumstances>): Circumstances => ({
  provider: "anthropic",
  models,
  priceOf: (model) => Option.getOrUndefined(priceOf(model)),
  judgement: need("standard"),
  prefix: undefined,
  pin: "",
  spentShare: 0,
  now: 1_000_000_000,
  last: undefined,
  earlier: [],
  hasJustChanged: false,
  ...overrides
})

const lastOn = (model: string, historyTokens: number, secondsAgo: number) => ({
  model,
  historyTokens,
  at: 1_000_000_000 - secondsAgo * 1000,
  isKeptForAnHour: false
})

const tiers = ["simple", "standard", "complex"] as const

describe("choose", () => {
  it("each need has its model", () => {
    for (const tier of tiers) {
      const routing = choose(given({ judgement: need(tier) }))
      assert.strictEqual(routing.model, models[tier])
      assert.strictEqual(routing.intendedModel, models[tier])
      assert.deepEqual(routing.reasons, [`looks ${tier}`])
    }
  })

  it("from 80 % complex becomes standard, from 95 % everything simple", () => {
    const at = (spentShare: number) =>
      tiers.map((tier) => choose(given({ judgement: need(tier), spentShare })).tier)
    assert.deepEqual(at(0.799), ["simple", "standard", "complex"])
    assert.deepEqual(at(0.8), ["simple", "standard", "standard"])
    assert.deepEqual(at(0.949), ["simple", "standard", "standard"])
    assert.deepEqual(at(0.95), ["simple", "simple", "simple"])
    const { need: needed, reasons } = choose(
      given({ judgement: need("complex"), spentShare: 0.82 })
    )
    assert.include(reasons, "budget at 82 %: complex lowered to standard")
    assert.strictEqual(needed, "complex")
  })

  it("a warm cache of a model above the cap does not keep it", () => {
    const last = lastOn(models.complex, 50_000, 10)
    const routing = choose(given({ judgement: need("complex"), spentShare: 0.85, last }))
    assert.strictEqual(routing.model, models.standard)
  })

  it("a pin or a prefix wins over the router and its thrift; a prefix over a pin", () => {
    const circumstances = { judgement: need("simple"), spentShare: 0.99 }
    const pinned = choose(given({ ...circumstances, pin: "complex" }))
    assert.strictEqual(pinned.model, models.complex)
    assert.match(pinned.reasons.join("; "), /\/model complex.*99 % would have lowered it/)
    const both = choose(given({ ...circumstances, pin: "complex", prefix: "sonnet" }))
    assert.strictEqual(both.model, models.standard)
    assert.match(both.reasons[0]!, /^!sonnet before the message$/)
    const exact = choose(given({ ...circumstances, pin: "claude-opus-5" }))
    assert.strictEqual(exact.model, "claude-opus-5")
    const oneModel = { simple: "a-b", standard: "a-b", complex: "a-b" }
    const unheard = choose(given({ models: oneModel, prefix: "haiku", priceOf: () => undefined }))
    assert.strictEqual(unheard.model, "a-b")
    assert.include(unheard.reasons, "no configured model is called haiku")
  })

  it("a tier whose model has no price is avoided, and the reason says so", () => {
    const without = (model: string) => (id: string) =>
      id === model ? undefined : Option.getOrUndefined(priceOf(id))
    const dear = choose(given({ judgement: need("complex"), priceOf: without(models.complex) }))
    assert.strictEqual(dear.model, models.standard)
    assert.include(
      dear.reasons,
      "no price is known for claude-opus-5-5: standard rather than complex"
    )
    const cheap = choose(given({ judgement: need("simple"), priceOf: without(models.simple) }))
    assert.strictEqual(cheap.model, models.standard)
  })

  it("goes up for a need, and says what reading anew costs", () => {
    const last = lastOn(models.simple, 10_000, 30)
    const routing = choose(given({ judgement: need("complex"), last }))
    assert.strictEqual(routing.model, models.complex)
    assert.match(routing.reasons.at(-1)!, /^up from claude-haiku-5-5: reading 10000 tokens anew/)
  })

  it("goes down where it saves, and stays where the cache is worth more", () => {
    const after = (historyTokens: number, secondsAgo: number, hasJustChanged = false) =>
      choose(
        given({
          judgement: need("simple"),
          last: lastOn(models.standard, historyTokens, secondsAgo),
          hasJustChanged
        })
      )
    assert.strictEqual(after(1000, 30).model, models.simple)
    const stays = after(60_000, 30)
    assert.strictEqual(stays.model, models.standard)
    assert.match(stays.reasons.at(-1)!, /^stays with claude-sonnet-5-5: it has 60000 tokens cached/)
    assert.strictEqual(after(60_000, 301).model, models.simple, "the cache is gone")
    const large = lastOn(models.complex, 60_000, 301)
    assert.strictEqual(choose(given({ last: large })).model, models.standard, "gone as well")
    const kept = { ...large, isKeptForAnHour: true }
    assert.strictEqual(choose(given({ last: kept })).model, models.complex, "written for an hour")
    // An hour is not lost by one turn elsewhere, and the small model reads all of it for less.
    const small = choose(given({ judgement: need("simple"), last: kept }))
    assert.strictEqual(small.model, models.simple)
  })

  it("knows that another model still has most of the conversation cached", () => {
    const last = { ...lastOn(models.complex, 120_000, 30), isKeptForAnHour: true }
    const before = lastOn(models.simple, 118_000, 120)
    const among = (...earlier: Circumstances["earlier"]) =>
      choose(given({ judgement: need("simple"), last, earlier })).model
    assert.strictEqual(among(), models.complex)
    assert.strictEqual(among(before), models.simple)
    assert.strictEqual(among({ ...before, at: before.at - 300_000 }), models.complex, "gone")
    const up = { last: lastOn(models.standard, 60_000, 30), judgement: need("complex") }
    const back = lastOn(models.complex, 55_000, 90)
    const routing = choose(given({ ...up, earlier: [back] }))
    assert.match(routing.reasons.at(-1)!, /^up from claude-sonnet-5-5: reading 5000 tokens anew/)
  })

  it("a long conversation whose need goes up and down stays where it went", () => {
    let last = lastOn(models.standard, 30_000, 20)
    const asked = ["complex", "standard", "complex", "simple", "standard", "complex"] as const
    const answered = asked.map((tier, index) => {
      const { model } = choose(given({ judgement: need(tier), last, hasJustChanged: index === 1 }))
      last = lastOn(model, 30_000, 20)
      return model
    })
    assert.deepEqual(
      answered,
      asked.map(() => models.complex)
    )
  })

  it("hysteresis: a model that was just gone to is kept for less", () => {
    const saved = (hasJustChanged: boolean) =>
      savedBySwitching({
        last: lastOn(models.standard, 4000, 20),
        cached: 0,
        now: 1_000_000_000,
        need: "simple",
        from: Option.getOrThrow(priceOf(models.standard)),
        to: Option.getOrThrow(priceOf(models.simple)),
        hasJustChanged
      })
    assert.isAbove(saved(false), 0)
    assert.isAtMost(saved(true), 0)
  })

  it.effect.prop(
    "never goes down where it does not save",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 400_000 })),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 7200 })),
      Schema.Literals(tiers),
      Schema.Literals(tiers),
      Schema.Boolean
    ],
    ([historyTokens, secondsAgo, from, to, hasJustChanged]) =>
      Effect.sync(() => {
        const last = lastOn(models[from], historyTokens, secondsAgo)
        const circumstances = given({ judgement: need(to), last, hasJustChanged })
        const { model } = choose(circumstances)
        if (tiers.indexOf(to) >= tiers.indexOf(from)) assert.strictEqual(model, models[to])
        else {
          const saved = savedBySwitching({
            last,
            cached: 0,
            now: circumstances.now,
            need: to,
            from: circumstances.priceOf(models[from])!,
            to: circumstances.priceOf(models[to])!,
            hasJustChanged
          })
          assert.strictEqual(model, saved > 0 ? models[to] : models[from])
        }
      })
  )
})

describe("the prefix", () => {
  it("is read and taken off, where a person typed it before something", () => {
    const parts = [personText("!Opus  why?\nreally !simple")]
    assert.strictEqual(prefixOf(parts), "opus")
    assert.deepEqual(withoutPrefix(parts), [personText("why?\nreally !simple")])
    for (const text of ["!opus", "!opusdei says", "say !simple now", "! simple", "!important do"]) {
      assert.isUndefined(prefixOf([personText(text)]), text)
      assert.deepEqual(withoutPrefix([personText(text)]), [personText(text)])
    }
    const forwarded = { ...personText("!complex go"), origin: "forward" as const, trusted: false }
    assert.isUndefined(prefixOf([forwarded]))
    assert.deepEqual(withoutPrefix([forwarded]), [forwarded])
  })
})
