// SPDX-License-Identifier: MIT OR Apache-2.0
/** Messages that people change after they sent them, before a turn has read them and after. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { DatabaseSync } from "node:sqlite"
import { text } from "../fakes/MessagesApi.ts"
import { blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import { type Home, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { png } from "../support/pictures.ts"
import { atRest, eventually, person, rowsOf } from "./support.ts"

const note = "[edited: replaces what I wrote before]"

const start = Effect.fnUntraced(function* (joinWithin: string) {
  const { anthropic, home, telegram } = yield* Fakes.make()
  yield* anthropic.setBrain((body) => text(`Heard: ${Fakes.asked(body).words}`))
  const env = { BLUFIO__TELEGRAM__JOIN_WITHIN: joinWithin, ...Fakes.oneModel() }
  const blufio = yield* serve({ home, env })
  yield* telegram.waitFor(() => telegram.isPolled)
  /** What people said, call by call; notes of ours count only when they tell of an edit. */
  const heard = Effect.map(anthropic.calls, (calls) =>
    calls.map(({ body }) =>
      blocksOf((body as MessagesBody).messages.at(-1)!)
        .flatMap((block) => (block.type === "text" ? [block.text] : []))
        .filter((words) => !words.startsWith("[") || words === note)
    )
  )
  /** How many pictures came with what people said, call by call. */
  const pictures = Effect.map(anthropic.calls, (calls) =>
    calls.map(
      ({ body }) =>
        blocksOf((body as MessagesBody).messages.at(-1)!).filter(({ type }) => type === "image")
          .length
    )
  )
  const photo = (edge: number) => [{ ...telegram.files.add(png(edge, 9)), width: edge, height: 9 }]
  const taken = (update: number) =>
    eventually(
      home,
      "SELECT next FROM channel_offsets WHERE channel = 'telegram'",
      ([row]) => Number(row?.["next"]) > update
    )
  const rest = (update: number) => Effect.andThen(taken(update), atRest(home))
  return { blufio, env, heard, home, photo, pictures, rest, taken, telegram }
})

const setOffset = (home: Home, next: number) =>
  Effect.sync(() => {
    const db = new DatabaseSync(home.database)
    db.prepare("UPDATE channel_offsets SET next = ?").run(next)
    db.close()
  })

describe("an edited message", () => {
  it.live("is read as it is now, in its place, when no turn has it yet", () =>
    Effect.gen(function* () {
      const { heard, home, rest, taken, telegram } = yield* start("2 seconds")
      const first = telegram.userSays(person, "Call Bob")
      telegram.userSays(person, "and be quick")
      telegram.userEdits(first, { text: "Call Ann" })
      const last = telegram.userEdits(first, { text: "Call Ada" })
      yield* taken(last)
      assert.deepEqual(yield* heard, [])
      yield* rest(last)
      assert.deepEqual(yield* heard, [["Call Ada", "and be quick"]])
      assert.strictEqual(rowsOf(home, "SELECT id FROM turns").length, 1)
      assert.strictEqual(telegram.reactions.length, 2)
    })
  )

  it.live("that becomes a command is one, at once, and nothing else", () =>
    Effect.gen(function* () {
      const { heard, rest, taken, telegram } = yield* start("2 seconds")
      const first = telegram.userSays(person, "whoami")
      const second = telegram.userSays(person, "Hello")
      yield* taken(second)
      telegram.userEdits(first, { text: "/whoami" })
      yield* telegram.waitFor(() => telegram.sent.length > 0)
      assert.match(telegram.shownIn(person).join(), /^You are /)
      assert.deepEqual(yield* heard, [])
      yield* rest(second)
      assert.deepEqual(yield* heard, [["Hello"]])
    })
  )

  it.live("with a picture: its words may go, change once, and another picture come", () =>
    Effect.gen(function* () {
      const { heard, pictures, rest, taken, telegram, photo } = yield* start("1500 millis")
      const early = telegram.userSends(person, { photo: photo(1), caption: "wrong" })
      yield* taken(early)
      yield* rest(telegram.userEdits(early, { caption: undefined }))
      assert.deepEqual([yield* heard, yield* pictures], [[[]], [1]])

      const said = telegram.userSends(person, { photo: photo(2), caption: "one" })
      yield* rest(said)
      yield* rest(telegram.userEdits(said, { caption: "two" }))
      yield* rest(telegram.userEdits(said, { caption: "two" }))
      assert.deepEqual(yield* heard, [[], ["one"], [note, "two"]])
      yield* rest(telegram.userEdits(said, { photo: photo(3), caption: undefined }))
      assert.deepEqual((yield* heard).slice(3), [[note]])
      assert.deepEqual(yield* pictures, [1, 1, 0, 1])
    })
  )

  it.live("that was answered, or never seen, is a new one and says so; a preview is none", () =>
    Effect.gen(function* () {
      const { blufio, env, heard, home, rest, taken, telegram } = yield* start("1 millis")
      const said = telegram.userSays(person, "Call Bob")
      yield* rest(said)
      const preview = { link_preview_options: { url: "https://example.org" } }
      yield* rest(telegram.userEdits(said, preview))
      assert.deepEqual(yield* heard, [["Call Bob"]])

      const edit = telegram.userEdits(said, { text: "Call Ada" })
      const older = telegram.state.updates.at(-1)?.["edited_message"]
      yield* rest(edit)
      yield* rest(telegram.userEdits(said, preview))
      assert.deepEqual(yield* heard, [["Call Bob"], [note, "Call Ada"]])

      const place = { latitude: 1, longitude: 2, live_period: 60 }
      const live = telegram.userSends(person, { location: place })
      yield* rest(live)
      yield* rest(telegram.userEdits(live, { location: { ...place, latitude: 3 } }))
      assert.strictEqual((yield* heard).length, 3)

      const unseen = telegram.userSends(person, { photo: [] })
      yield* taken(unseen)
      yield* rest(telegram.userEdits(unseen, { caption: "/new" }))
      const now = yield* heard
      assert.strictEqual(now.length, 4)
      assert.deepEqual(now[3]?.at(0), note)
      assert.include(now[3]?.join() ?? "", "/new")

      yield* rest(telegram.userEdits(said, { text: "Call Eve" }))
      assert.deepEqual((yield* heard)[4], [note, "Call Eve"])

      // The edit before that once more, as after an offset that Telegram did not take.
      yield* blufio.kill("SIGTERM")
      yield* setOffset(home, edit)
      const next = telegram.state.nextUpdateId
      telegram.addUpdate({ edited_message: older }, edit)
      telegram.state.nextUpdateId = next
      const last = telegram.userSays(person, "Goodbye")
      yield* serve({ home, env })
      yield* rest(last)
      const after = yield* heard
      assert.deepEqual(after.slice(5), [["Goodbye"]])
    })
  )
})
