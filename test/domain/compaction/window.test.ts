// SPDX-License-Identifier: MIT OR Apache-2.0
/** Ranges are whole turns from the oldest on, and what stands in their place stays still. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Compaction } from "../../../src/domain/compaction/Compaction.ts"
import {
  chunks,
  oldest,
  standing,
  turnSpans,
  windowed
} from "../../../src/domain/compaction/window.ts"
import { SessionId, TurnId } from "../../../src/domain/Ids.ts"
import { type Part, personText, textOf } from "../../../src/domain/Message.ts"
import type { Entry } from "../../../src/domain/Turn.ts"

const Sizes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 })))
const Limit = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 }))

const compaction = (
  id: number,
  firstMessage: number,
  lastMessage: number,
  change: Partial<Compaction> = {}
): Compaction => ({
  id,
  session: SessionId.make("s"),
  turn: TurnId.make("t"),
  kind: "range",
  firstMessage,
  lastMessage,
  newestMessage: lastMessage + 1,
  state: "finished",
  message: `summary ${id}`,
  detail: "",
  dropped: [],
  createdAt: 0,
  ...change
})

const thought: Part = {
  _tag: "Reasoning",
  origin: "model",
  trusted: true,
  text: "hm",
  providerData: {}
}

const entry = (id: number): Entry => ({
  id,
  turn: TurnId.make(`turn ${Math.floor(id / 3)}`),
  role: id % 3 === 1 ? "assistant" : "user",
  parts: [personText(`said ${id}`), ...(id % 3 === 1 ? [thought] : [])],
  conditional: [],
  model: "",
  createdAt: 0
})

const history = Array.from({ length: 30 }, (_, id) => entry(id))
const shown = (compactions: ReadonlyArray<Compaction>) => windowed(history, compactions)

describe("a range", () => {
  it.prop(
    "is the oldest turns; the newest stays, and no more than fits",
    [Sizes, Limit],
    ([sizes, keep]) => {
      const spans = sizes.map((tokens, index) => ({
        first: index * 10,
        last: index * 10 + 9,
        tokens
      }))
      const range = oldest(spans, keep)
      const kept = spans.filter(({ first }) => range === undefined || first > range.last)
      assert.isTrue(sizes.length === 0 || kept.at(-1) === spans.at(-1))
      const tokens = kept.reduce((sum, span) => sum + span.tokens, 0)
      assert.isTrue(tokens <= keep || kept.length <= 1)
      if (range !== undefined) {
        assert.strictEqual(range.first, 0)
        const next = spans.findLast(({ last }) => last <= range.last)
        assert.isAbove(tokens + next!.tokens, keep)
      }
    }
  )

  it("holds whole turns", () => {
    const spans = turnSpans(history, () => 1)
    assert.strictEqual(spans.length, 10)
    assert.deepEqual(spans[1], { turn: "turn 1", first: 3, last: 5, tokens: 3 } as never)
  })

  it.prop("in pieces has everything once and in order", [Sizes, Limit], ([sizes, limit]) => {
    const made = chunks(sizes, limit, (size) => size)
    assert.deepEqual(made.flat(), [...sizes])
    for (const piece of made) {
      const sum = piece.reduce((total, size) => total + size, 0)
      assert.isTrue(sum <= limit || piece.length === 1)
    }
  })
})

describe("the window", () => {
  it("shows summaries first, then what no range covers, thinking only from after the last", () => {
    const { entries, summaries } = shown([compaction(1, 0, 8), compaction(2, 9, 14)])
    assert.deepEqual(
      summaries.map(({ parts }) => textOf(parts)),
      ["summary 1", "summary 2"]
    )
    assert.strictEqual(entries[0]?.id, 15)
    assert.isFalse(entries[0]?.parts.some(({ _tag }) => _tag === "Reasoning"))
    assert.isTrue(entries.find(({ id }) => id === 16)?.parts.includes(thought))
  })

  it("a merged range takes the place of those inside it; what never finished has none", () => {
    const rows = [
      compaction(1, 0, 8),
      compaction(2, 9, 14, { state: "failed" }),
      compaction(3, 0, 14, { kind: "merge" }),
      compaction(4, 15, 20, { state: "started", message: "" }),
      compaction(5, 15, 20, { state: "failed", message: "" })
    ]
    assert.deepEqual(
      standing(rows).map(({ id }) => id),
      [3]
    )
    assert.deepEqual(shown(rows), shown(rows.slice(2, 3)))
  })
})
