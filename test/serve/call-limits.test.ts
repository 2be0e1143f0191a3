// SPDX-License-Identifier: MIT OR Apache-2.0
/** Against a Telegram that keeps its limits: nothing is refused, nothing lost, and no one waits long. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, person, rowsOf } from "./support.ts"

const crowd = Array.from({ length: 20 }, (_, n) => 101 + n)
/** Allows 20 messages a minute. */
const group = -1_000_000_000_005
const questions = ["alpha", "beta", "gamma"]

it.live("twenty chats at once, and one that streams a long answer, keep to Telegram's limits", () =>
  Effect.gen(function* () {
    const { anthropic, home, telegram } = yield* Fakes.make()
    const people = [person, ...crowd]
    yield* serve({
      home,
      env: {
        BLUFIO__TELEGRAM__EDIT_INTERVAL: "1200 millis",
        BLUFIO__TELEGRAM__ALLOWED_USERS: `[${people.join(", ")}]`
      }
    })
    telegram.limiter.isStrict = true

    /** Milliseconds from the end of each turn, in which its last token came, to its whole reply. */
    const waits = () =>
      rowsOf(
        home,
        `SELECT max(o.finished_at) - t.finished_at AS wait FROM turns t JOIN outbox o ON o.turn = t.id
          GROUP BY t.id ORDER BY wait`
      ).map((row) => Number(row["wait"]))

    const long = Array.from({ length: 30 }, (_, n) => `Sentence ${n} of a long answer.`).join(" ")
    yield* anthropic.enqueue({ ...text(long), eventDelayMillis: 250 })
    assert.deepEqual(yield* ask(home, telegram, "A long one"), [long])
    assert.isAbove(telegram.count("editMessageText"), 1, "it was shown while it grew")
    assert.isBelow(waits()[0]!, 2500)

    yield* anthropic.setBrain((body) => ({
      ...text(`You said: ${Fakes.asked(body).words}. That is all.`),
      eventDelayMillis: 60
    }))
    for (const words of questions)
      for (const one of crowd) telegram.userSays(one, `${words}-${one}`)
    for (const words of questions) telegram.groupSays(group, person, `@blufio_bot ${words}${group}`)
    yield* telegram.waitFor(() => telegram.unconfirmed === 0)
    yield* atRest(home)

    for (const one of [...crowd, group]) {
      const said = telegram.shownIn(one).join("\n")
      const places = questions.map((words) => said.indexOf(`${words}-${Math.abs(one)}`))
      assert.notInclude(places, -1, said)
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b)
      )
      const strangers = said
        .match(/\w+-\d+/g)!
        .filter((word) => !word.endsWith(`-${Math.abs(one)}`))
      assert.deepEqual(strangers, [])
      for (const shown of telegram.shownIn(one))
        assert.match(shown, /^You said: [^]*That is all\.$/)
    }
    assert.deepEqual(telegram.limiter.refused, [])
  }).pipe(Effect.scoped)
)
