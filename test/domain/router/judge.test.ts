// SPDX-License-Identifier: MIT OR Apache-2.0
/** How hard a message is: known for any text, at once, always the same, and mostly right. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { router } from "../../../bench/router.ts"
import { judge } from "../../../src/domain/router/judge.ts"
import { rankOf } from "../../../src/domain/router/Tier.ts"

const tierOf = (text: string) => judge({ text, attachments: 0 }).tier

const CodeUnits = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff })))
const Need = Schema.Literals(["simple", "standard", "complex"])

describe("judge", () => {
  it.effect.prop(
    "any text gives the same decision twice, with reasons and a confidence",
    [Schema.Union([Schema.String, CodeUnits]), Need, Schema.Int],
    ([raw, need, tools]) =>
      Effect.sync(() => {
        const text = typeof raw === "string" ? raw : String.fromCharCode(...raw)
        for (const earlier of [[], [{ need, tools }]]) {
          const judged = judge({ text, attachments: 0 }, earlier)
          assert.isAtLeast(rankOf(judged.tier), 0)
          assert.isAtLeast(judged.confidence, 0)
          assert.isAtMost(judged.confidence, 1)
          assert.isAtLeast(judged.reasons.length, 1)
          assert.deepEqual(judge({ text, attachments: 0 }, earlier), judged)
        }
      })
  )

  it("a very long message costs no more than a long one", () => {
    const pieces = ["a", "```\n", "prove ", "证", "🙂", "\u0301", "x,", "\n", "http://"]
    for (const piece of pieces) {
      const long = piece.repeat(2_000_000 / piece.length)
      judge({ text: long, attachments: 0 })
      const start = performance.now()
      judge({ text: long, attachments: 0 })
      assert.isBelow(performance.now() - start, 50, JSON.stringify(piece))
    }
  })

  it("the question at the end of a long paste is seen", () => {
    const paste = "lorem ipsum dolor sit amet ".repeat(2000)
    const { reasons } = judge({ text: `${paste}\nProve it by induction.`, attachments: 0 })
    assert.include(reasons, "asks for a proof or a derivation")
  })

  it("low confidence goes up a tier, and says so", () => {
    const judged = judge({ text: "Blorf the wug, kindly", attachments: 0 })
    assert.strictEqual(tierOf("Blorf the wug, zzyx plonk fnord"), "standard")
    assert.isBelow(judged.confidence, 1)
    const unsure = judge({ text: "Blorf the wug, zzyx plonk fnord", attachments: 0 })
    assert.match(unsure.reasons.at(-1)!, /^not sure: standard rather than simple$/)
  })

  it("what goes on with a turn is as hard as that turn was", () => {
    const goOn = (need: "simple" | "standard" | "complex") =>
      judge({ text: "go on, continue", attachments: 0 }, [{ need, tools: 0 }]).tier
    assert.deepEqual((["simple", "standard", "complex"] as const).map(goOn), [
      "simple",
      "standard",
      "complex"
    ])
    const thanks = judge({ text: "thank you!", attachments: 0 }, [{ need: "complex", tools: 5 }])
    assert.strictEqual(thanks.tier, "simple")
  })

  it("a file is never simple", () => {
    assert.strictEqual(judge({ text: "", attachments: 1 }).tier, "standard")
    assert.strictEqual(judge({ text: "hi", attachments: 1 }).tier, "standard")
  })

  it("the labelled messages: at least 200, a third held out, and well told apart", () => {
    const { held_out, languages, tuned } = router()
    assert.isAtLeast(tuned.messages + held_out.messages, 240)
    assert.isAtLeast(held_out.messages, 80)
    assert.isAtLeast(languages, 8)
    assert.isAtLeast(tuned.accuracy, 0.95)
    assert.isAtLeast(held_out.accuracy, 0.9)
    for (const part of [tuned, held_out]) {
      assert.isAtMost(part.under_routed, 0.05)
      const { always_complex, by_label, router } = part.mean_cost_micro_usd
      assert.isBelow(router, 0.75 * always_complex)
      assert.isBelow(router, 1.05 * by_label)
    }
  })
})
