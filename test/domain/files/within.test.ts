// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which of a conversation's files go along, and that this changes seldom. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { mostImages, mostTogether } from "../../../src/domain/files/limits.ts"
import { isShown, isTooMuch, loadOf, withinLimits } from "../../../src/domain/files/within.ts"
import { TurnId } from "../../../src/domain/Ids.ts"
import { FilePart, personText } from "../../../src/domain/Message.ts"
import type { Entry } from "../../../src/domain/Turn.ts"

const file = (size: number, mediaType: string) =>
  FilePart.make({ origin: "file", trusted: false, mediaType, name: "", sha256: "aa", size })

/** A turn of the sizes of its documents, and of how many pictures it has. */
const turn = (index: number, sizes: ReadonlyArray<number>, images: number): Array<Entry> =>
  [
    [personText("Look"), ...sizes.map((size) => file(size, "application/pdf"))],
    Array.from({ length: images }, () => file(1, "image/png"))
  ].map((parts, at) => ({
    id: 2 * index + at,
    turn: TurnId.make(`t${index}`),
    role: "user",
    parts,
    conditional: [],
    model: "",
    createdAt: 0
  }))

const shownIn = (entries: ReadonlyArray<Entry>) =>
  withinLimits(entries).map(({ parts }) => parts.filter(isShown).length)

describe("files within limits", () => {
  it("all of them, as long as they fit", () => {
    const entries = [...turn(0, [1000], 3), ...turn(1, [mostTogether - 1100], 17)]
    assert.strictEqual(withinLimits(entries), entries)
  })

  it("the newest turn's, once they do not, in one piece", () => {
    const full = [...turn(0, [1000], 12), ...turn(1, [], 8), ...turn(2, [5], 1)]
    assert.deepEqual(shownIn(full), [0, 0, 0, 0, 1, 1])
    const heavy = [...turn(0, [mostTogether], 0), ...turn(1, [1, 1], 0)]
    assert.deepEqual(shownIn(heavy), [0, 0, 2, 0])
    const note = withinLimits(heavy)[0]?.parts[1]
    assert.match(note?._tag === "Text" ? note.text : "", /not shown this file any more/)
  })

  const Turns = Schema.Array(
    Schema.Struct({
      size: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: mostTogether })),
      images: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: mostImages }))
    })
  )

  it.prop(
    "never more than a request may hold; another turn's take away all or nothing",
    [Turns],
    ([turns]) => {
      const entries: Array<Entry> = []
      let before: ReadonlyArray<number> = []
      for (const [index, { images, size }] of turns.entries()) {
        // As a turn's own files always fit.
        entries.push(...turn(index, [Math.max(0, size - images)], images))
        const within = withinLimits(entries)
        assert.isFalse(isTooMuch(loadOf(within.flatMap(({ parts }) => parts))))
        const shown = shownIn(entries)
        const kept = shown.slice(0, before.length)
        const isUnchanged = kept.every((count, at) => count === before[at])
        assert.isTrue(isUnchanged || kept.every((count) => count === 0))
        before = shown
      }
    }
  )
})
