// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a group: it is another one from now on, or has thrown the bot out. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, person, rowsOf } from "./support.ts"

const group = -5
const supergroup = -1_000_000_000_005

const start = Effect.gen(function* () {
  const fakes = yield* Fakes.make()
  yield* fakes.anthropic.setBrain((body) => text(`You said: ${Fakes.asked(body).words}`))
  const daemon = yield* serve({ home: fakes.home })
  return { ...fakes, log: () => daemon.stdout() + daemon.stderr() }
})

describe("a group", () => {
  it.live.each([
    ["both tell it", ["old", "new"]],
    ["the old one tells it", ["old"]],
    ["the new one tells it", ["new"]]
  ] as const)("goes on as the supergroup that it becomes: %s", ([, told]) =>
    Effect.gen(function* () {
      const { home, log, telegram } = yield* start
      telegram.groupSays(group, person, "@blufio_bot hello")
      yield* telegram.waitFor(() => telegram.shownIn(group)[0]?.includes("You said: hello"))
      yield* atRest(home)
      telegram.migrate(group, supergroup, person, told)
      telegram.groupSays(supergroup, person, "@blufio_bot still you?")
      yield* telegram.waitFor(() => telegram.shownIn(supergroup)[0]?.includes("still you?"))
      yield* atRest(home)
      assert.deepEqual(rowsOf(home, "SELECT chat FROM sessions"), [{ chat: String(supergroup) }])
      assert.notMatch(log(), /"level":"(WARN|ERROR)"/)
    })
  )

  it.live("gets the answer that was under way when it became another", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* start
      yield* anthropic.enqueue({ ...text("One, two, three, four, five."), eventDelayMillis: 150 })
      telegram.groupSays(group, person, "@blufio_bot count")
      yield* telegram.waitFor(() => telegram.shownIn(group)[0])
      telegram.migrate(group, supergroup, person, [])
      yield* telegram.waitFor(() => telegram.shownIn(supergroup)[0]?.includes("five."))
      yield* atRest(home)
      assert.lengthOf(telegram.shownIn(supergroup), 1)
    })
  )

  it.live("that removes the bot, or a person who blocks it, costs one line and no attempts", () =>
    Effect.gen(function* () {
      const { home, log, telegram } = yield* start
      telegram.standingChanges(group, person, "kicked")
      telegram.standingChanges(group, person, "member")
      telegram.groupSays(group, person, "@blufio_bot back?")
      yield* telegram.waitFor(() => telegram.shownIn(group)[0]?.includes("back?"))
      yield* atRest(home)

      telegram.block(person)
      assert.deepEqual(yield* ask(home, telegram, "Hello!"), [])
      const sends = telegram.count("sendMessage")
      assert.lengthOf(rowsOf(home, "SELECT id FROM outbox WHERE state = 'failed'"), 1)
      telegram.unblock(person)
      assert.deepEqual(yield* ask(home, telegram, "And now?"), ["You said: And now?"])
      assert.isAtMost(sends, 4)
      assert.notMatch(log(), /"level":"(WARN|ERROR)"/)
      assert.lengthOf(log().match(/blocked or removed the bot/g) ?? [], 2, "one line a chat")
    })
  )
})
