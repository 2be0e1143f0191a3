// SPDX-License-Identifier: MIT OR Apache-2.0
/** What belongs to a message of a group that names the bot is heard with it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { png } from "../support/pictures.ts"
import { base64, blocksAsked, textsOf } from "./filesSupport.ts"
import { atRest, person } from "./support.ts"

const group = -1_002_000
const other = Fakes.users[1]!
const named = { entities: [{ type: "mention", offset: 0, length: 11 }] }

const start = Effect.gen(function* () {
  const fakes = yield* Fakes.make()
  const { anthropic, home, telegram } = fakes
  yield* anthropic.setBrain(() => text("I see."))
  yield* serve({ home, env: Fakes.oneModel() })
  yield* telegram.waitFor(() => telegram.isPolled)
  const asked = Effect.gen(function* () {
    yield* telegram.waitFor(() => telegram.shownIn(group).length > 0 && telegram.unconfirmed === 0)
    yield* atRest(home)
    return (yield* anthropic.calls).map(({ body }) => blocksAsked(body))
  })
  return { ...fakes, asked }
})

describe("in a group", () => {
  it.live(
    "an album is whole wherever in it the words stand, and other pictures are not heard",
    () =>
      Effect.gen(function* () {
        const { asked, telegram } = yield* start
        const pictures = [1, 2, 3, 4].map((edge) => png(edge, 9))
        const photo = (index: number) => [
          { ...telegram.files.add(pictures[index]!), width: 9, height: 9 }
        ]
        telegram.groupSends(group, person, { photo: photo(3), media_group_id: "b" })
        telegram.groupSends(group, person, { photo: photo(0), media_group_id: "a" })
        telegram.groupSends(group, person, {
          photo: photo(1),
          media_group_id: "a",
          caption: "@blufio_bot which?",
          caption_entities: named.entities
        })
        telegram.groupSends(group, person, {
          photo: photo(2),
          media_group_id: "a",
          caption: "the best"
        })
        const [blocks = [], ...others] = yield* asked
        assert.lengthOf(others, 0)
        assert.deepEqual(
          blocks.flatMap((block) => (block.type === "image" ? [block.source.data] : [])),
          pictures.slice(0, 3).map(base64)
        )
        assert.includeMembers([...textsOf(blocks)], ["which?", "the best"])
      })
  )

  it.live("the rest of a text that a client has cut is heard, and nobody else meanwhile", () =>
    Effect.gen(function* () {
      const { asked, telegram } = yield* start
      telegram.groupSends(group, person, { ...named, text: `@blufio_bot ${"a ".repeat(2040)}` })
      telegram.groupSays(group, other, "meanwhile")
      telegram.groupSays(group, person, "and the rest")
      telegram.groupSays(group, person, "not for you")
      const [blocks = [], ...others] = yield* asked
      assert.lengthOf(others, 0)
      const texts = textsOf(blocks)
      assert.include(texts, "and the rest")
      assert.notInclude(texts, "meanwhile")
      assert.notInclude(texts, "not for you")
    })
  )
})
