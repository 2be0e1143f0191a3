// SPDX-License-Identifier: MIT OR Apache-2.0
/** How long cache entries should live is arithmetic on what pauses cost. */
import { assert, describe, it } from "@effect/vitest"
import { cacheLife, gapsOf } from "../../../src/domain/context/cacheLife.ts"
import { prices } from "../../../src/domain/prices.ts"

const minute = 60_000
const sonnet = prices.get("claude-sonnet-5-5")!
const life = (gaps: ReadonlyArray<number>, kept = 20_000, added = 500) =>
  cacheLife(
    gaps.map((minutes) => minutes * minute),
    sonnet,
    { kept, added }
  )

describe("cacheLife", () => {
  it.each([
    ["nothing is known", [], "5m"],
    ["one message after the other", [0.1, 1, 2, 0.5], "5m"],
    ["a pause of twenty minutes now and then", [1, 20, 1, 1, 25, 1], "1h"],
    ["only pauses longer than an hour", [90, 300, 80], "5m"],
    ["as long as an entry lives to the millisecond", [5, 5, 5], "1h"],
    ["an hour to the millisecond", [60, 60], "5m"]
  ] as const)("%s", (_, gaps, expected) => assert.strictEqual(life(gaps), expected))

  it("what is written anew counts: it is dearer for an hour", () => {
    assert.strictEqual(life([1, 1, 1, 20, 1, 1], 20_000, 500), "1h")
    assert.strictEqual(life([1, 1, 1, 20, 1, 1], 1000, 5000), "5m")
  })

  it("is the cheaper of the two by the price table, whatever the gaps", () => {
    // By hand: 20,000 kept, 500 added, gaps of 1 and 20 minutes, dollars per million.
    const five = 20_000 * (0.2 + 2.5) + 2 * 500 * 2.5
    const hour = 20_000 * (0.2 + 0.2) + 2 * 500 * 4
    assert.isBelow(hour, five)
    assert.strictEqual(life([1, 20]), "1h")
  })

  it("gaps lie between the times, and up to now", () =>
    assert.deepEqual(gapsOf([30, 10, 15], 100), [5, 15, 70]))
})
