// SPDX-License-Identifier: MIT OR Apache-2.0
/** Pictures and documents that people send, from Telegram to the model. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { text } from "../fakes/MessagesApi.ts"
import { type Block, blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { png } from "../support/pictures.ts"
import { atRest, eventually, person } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside>()("blufio/test/serve/files.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain(() => text("I see."))
      yield* serve({ home: outside.home, env: Fakes.oneModel() })
      return World.of(outside)
    })
  )
}

/** Sends something and answers with what the model was shown because of it, and the reply. */
const send = Effect.fnUntraced(function* (
  { anthropic, home, telegram }: Outside,
  content: Readonly<Record<string, unknown>>
) {
  const asked = (yield* anthropic.calls).length
  const said = telegram.shownIn(person).length
  const update = telegram.userSends(person, content)
  yield* eventually(
    home,
    `SELECT id FROM inbox WHERE update_id = '${update}' AND state = 'done'`,
    (rows) => rows.length > 0
  )
  yield* atRest(home)
  const calls = (yield* anthropic.calls).slice(asked)
  const body = calls.at(-1)?.body as MessagesBody | undefined
  const blocks = (body === undefined ? [] : blocksOf(body.messages.at(-1)!)).filter(
    (block: Block) => block.type !== "text" || !/^\[(Sent on|This conversation)/.test(block.text)
  )
  return { blocks, calls, replies: telegram.shownIn(person).slice(said) }
})

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")

layer(World.layer, { excludeTestServices: true })("on Telegram", (it) => {
  it.effect("a photo reaches the model as a picture, with its caption", () =>
    Effect.gen(function* () {
      const outside = yield* World
      const { telegram } = outside
      const large = png(800, 600)
      const photo = [
        { ...telegram.files.add(png(80, 60)), width: 80, height: 60 },
        { ...telegram.files.add(large), width: 800, height: 600 }
      ]
      const { blocks, replies } = yield* send(outside, { photo, caption: "What is this?" })
      assert.deepEqual(replies, ["I see."])
      const [note, image, words] = blocks
      assert.match(note?.type === "text" ? note.text : "", /^\[photo, \d+ kB, saved as received\//)
      assert.deepEqual(image?.type === "image" ? image.source : undefined, {
        type: "base64",
        media_type: "image/png",
        data: base64(large)
      })
      assert.deepEqual(words, { type: "text", text: "What is this?" })
    })
  )
})
