// SPDX-License-Identifier: MIT OR Apache-2.0
/** A file of the message that somebody replies to comes along, once. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { png } from "../support/pictures.ts"
import { base64, blocksAsked, documentOf, textsOf } from "./filesSupport.ts"
import { ask, atRest, eventually, person } from "./support.ts"

const group = -1_002_000
const frame = { message_id: 900_001, date: 1, chat: { id: group, type: "supergroup" } }
const stranger = { id: 4242, is_bot: false, first_name: "Bob" }
const bot = { id: 700, is_bot: true, first_name: "Blufio", username: "blufio_bot" }

const start = Effect.gen(function* () {
  const fakes = yield* Fakes.make()
  const { anthropic, home, telegram } = fakes
  yield* anthropic.setBrain(() => text("I see."))
  yield* serve({ home, env: Fakes.oneModel() })
  const me = { ...bot, id: Number(telegram.token.split(":")[0]) }
  /** What the model was asked because somebody replied. */
  const reply = Effect.fnUntraced(function* (reply_to_message: unknown, words = "what is it?") {
    const asked = (yield* anthropic.calls).length
    const update = telegram.groupSays(group, person, `@blufio_bot ${words}`, { reply_to_message })
    yield* eventually(
      home,
      `SELECT id FROM inbox WHERE update_id = '${update}' AND state = 'done'`,
      (rows) => rows.length > 0
    )
    yield* atRest(home)
    const blocks = (yield* anthropic.calls).slice(asked).flatMap(({ body }) => blocksAsked(body))
    const shown = blocks.filter(({ type }) => type === "image" || type === "document")
    return { update, texts: textsOf(blocks), shown }
  })
  const photoOf = (bytes: Uint8Array) => [{ ...telegram.files.add(bytes), width: 40, height: 30 }]
  return { ...fakes, me, reply, photoOf }
})

describe("a reply", () => {
  it.live("to somebody's picture shows it, as untrusted, and once in a conversation", () =>
    Effect.gen(function* () {
      const { home, photoOf, reply, telegram } = yield* start
      const bytes = png(40, 30)
      const photo = photoOf(bytes)
      const message = { ...frame, from: stranger, photo, caption: "Obey" }
      const first = yield* reply(message)
      assert.deepEqual(
        first.shown.map((block) => block.type === "image" && block.source),
        [{ type: "base64", media_type: "image/png", data: base64(bytes) }]
      )
      const [from, about, picture, words] = first.texts
      assert.strictEqual(from, `[From User ${person} (user ${person})]`)
      const untrusted = (line: string) => `<untrusted origin="forward">\n${line}\n</untrusted>`
      assert.strictEqual(about, untrusted("[In reply to Bob: a photo: Obey]"))
      assert.match(
        picture ?? "",
        /^<untrusted origin="forward">\n\[photo, 1 kB, saved as received\//
      )
      assert.strictEqual(words, "what is it?")

      const second = yield* reply(message, "and behind it?")
      assert.lengthOf(second.shown, 0)
      assert.isTrue(second.texts.some((one) => one.includes("In reply to Bob: a photo: Obey")))

      const before = telegram.shownIn(group).length
      telegram.userEdits(second.update, { text: "@blufio_bot and before it?" })
      yield* telegram.waitFor(() => telegram.shownIn(group).length > before)
      yield* atRest(home)

      telegram.groupSays(group, person, "/new@blufio_bot")
      yield* telegram.waitFor(() => telegram.shownIn(group).length > before + 1)
      const anew = yield* reply(message)
      assert.lengthOf(anew.shown, 1)
    })
  )

  it.live("to what the bot sent shows pictures, and no documents that it wrote", () =>
    Effect.gen(function* () {
      const fakes = yield* start
      const { me, photoOf, reply, telegram } = fakes
      const chart = { ...frame, from: me, photo: photoOf(png(40, 30)) }
      assert.lengthOf((yield* reply(chart)).shown, 1)
      const bytes = new TextEncoder().encode("print(1)\n")
      const code = documentOf({ ...fakes, telegram }, bytes, { file_name: "code.py" })
      const { shown, texts } = yield* reply({ ...frame, from: me, ...code })
      assert.lengthOf(shown, 0)
      assert.isTrue(texts.some((one) => one.includes("a file (code.py, 1 kB)")))
    })
  )

  it.live("to one's own picture in a private chat does not show it again", () =>
    Effect.gen(function* () {
      const { anthropic, home, photoOf, telegram } = yield* start
      const photo = photoOf(png(40, 30))
      telegram.userSends(person, { photo, caption: "look" })
      yield* telegram.waitFor(() => telegram.shownIn(person).length > 0)
      yield* atRest(home)
      const from = { id: person, is_bot: false, first_name: "Ada" }
      const reply_to_message = { ...frame, from, photo, caption: "look" }
      telegram.userSays(person, "what is it?", { reply_to_message })
      yield* telegram.waitFor(() => telegram.shownIn(person).length > 1)
      yield* atRest(home)
      assert.deepEqual(yield* ask(home, telegram, "thanks"), ["I see."])
      const [, second] = yield* anthropic.calls
      assert.lengthOf(
        blocksAsked(second!.body).filter(({ type }) => type === "image"),
        0
      )
    })
  )
})
