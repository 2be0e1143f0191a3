// SPDX-License-Identifier: MIT OR Apache-2.0
/** What people wrote while nobody listened: in order, none lost, one turn a chat, and told of. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import { clock } from "../fakes/bot-api/State.ts"
import { run, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { atRest, eventually, person, rowsOf } from "./support.ts"

const chats = Array.from({ length: 20 }, (_, index) => 100 + index)
const ofChat = (chat: number) => Array.from({ length: 50 }, (_, index) => `c${chat}-${index}`)
const hour = 3600

const start = Effect.fnUntraced(function* () {
  const outside = yield* Fakes.make()
  yield* outside.anthropic.setBrain(() => text("All is well."))
  const env = {
    ...Fakes.oneModel(),
    BLUFIO__TELEGRAM__ALLOWED_USERS: `[${[person, ...chats].join(", ")}]`,
    BLUFIO__BUDGET__DAILY_USD: "1000",
    BLUFIO__BUDGET__PER_TURN_USD: "100"
  }
  const says = (chat: number, words: string, secondsAgo: number) =>
    outside.telegram.userSays(chat, words, { date: Math.floor(clock() / 1000) - secondsAgo })
  const asked = Effect.map(outside.anthropic.calls, (calls) =>
    calls.map((call) => call.body as MessagesBody)
  )
  return { ...outside, asked, env, says }
})

describe("a backlog", () => {
  it.live.each([false, true])(
    "1,000 updates of 20 chats, with a kill amidst them: %s",
    (isKilled) =>
      Effect.gen(function* () {
        const { asked, env, home, says, telegram } = yield* start()
        for (let index = 0; index < 50; index++)
          for (const chat of chats) says(chat, ofChat(chat)[index]!, hour - index)
        const before = clock()
        if (isKilled) {
          const first = run({ home, env, args: ["serve"] })
          yield* telegram.waitFor(() => telegram.unconfirmed <= 600)
          yield* first.kill("SIGKILL")
          assert.deepEqual(yield* asked, [])
          assert.isAbove(telegram.unconfirmed, 0)
        }
        yield* serve({ home, env })
        yield* eventually(home, "SELECT id FROM inbox", (rows) => rows.length === 1000)
        const stored = clock()
        yield* atRest(home)
        const answered = clock()
        const bodies = yield* asked
        const words = new Set(bodies.map((body) => Fakes.asked(body).words))
        assert.deepEqual(words, new Set(chats.map((chat) => ofChat(chat).join("\n"))))
        assert.strictEqual(bodies.length, 20)
        assert.strictEqual(rowsOf(home, "SELECT id FROM turns").length, 20)
        for (const chat of chats) assert.strictEqual(telegram.shownIn(chat).length, 1)
        const took = (to: number) => Duration.format(Duration.millis(Math.round(to - before)))
        yield* Effect.logInfo(
          `1,000 updates: stored in ${took(stored)}, answered in ${took(answered)}`
        )
      })
  )

  it.live("is told of, to the model and to the person; one late message is not", () =>
    Effect.gen(function* () {
      const { asked, env, home, says, telegram } = yield* start()
      says(person, "one", hour)
      says(person, "two", hour - 60)
      says(person, "three", 0)
      says(chats[0]!, "alone", hour)
      yield* serve({ home, env })
      yield* eventually(home, "SELECT id FROM inbox", (rows) => rows.length === 4)
      yield* atRest(home)
      const bodies = yield* asked
      const notes = (words: string) =>
        bodies
          .filter((body) => Fakes.asked(body).words === words)
          .flatMap(({ messages }) => blocksOf(messages.at(-1)!))
          .flatMap((block) =>
            block.type === "text" && /listen/.test(block.text) ? [block.text] : []
          )
      const [note] = notes("one\ntwo\nthree")
      assert.match(
        note ?? "",
        /^\[The first 2 messages were sent between .+ and .+, while Blufio did not listen\]/
      )
      assert.match(
        telegram.shownIn(person).join(),
        /^All is well\.\s+\(I was not listening when you sent 2 of these messages, between .+ and .+; this answers them together\.\)$/
      )
      assert.deepEqual(notes("alone"), [])
      assert.deepEqual(telegram.shownIn(chats[0]!), ["All is well."])
    })
  )

  it.live("too long for one prompt is answered in several turns, none of it lost", () =>
    Effect.gen(function* () {
      const { asked, env, home, says, telegram } = yield* start()
      const page = "words and more ".repeat(250)
      const pages = Array.from({ length: 100 }, (_, index) => `p${index} ${page}`.trim())
      for (const words of pages) says(person, words, hour)
      yield* serve({ home, env })
      yield* eventually(home, "SELECT id FROM inbox", (rows) => rows.length === pages.length)
      yield* atRest(home)
      const bodies = yield* asked
      assert.strictEqual(bodies.map((body) => Fakes.asked(body).words).join("\n"), pages.join("\n"))
      assert.strictEqual(bodies.length, 2)
      const told = telegram
        .shownIn(person)
        .map((shown) => Number(/ (\d+) of these/.exec(shown)?.[1]))
      assert.strictEqual(told[0]! + told[1]!, pages.length)
    })
  )
})
