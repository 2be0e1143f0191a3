// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which messages make up one turn: quick ones, with kills and commands between them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { atRest, eventually, person, rowsOf } from "./support.ts"

const joining = (span: string) => ({ BLUFIO__TELEGRAM__JOIN_WITHIN: span, ...Fakes.oneModel() })

const start = Effect.fnUntraced(function* (span: string) {
  const { anthropic, home, telegram } = yield* Fakes.make()
  yield* anthropic.setBrain((body) => text(`Heard: ${Fakes.asked(body).words}`))
  const env = joining(span)
  const blufio = yield* serve({ home, env })
  yield* telegram.waitFor(() => telegram.isPolled)
  const words = Effect.map(anthropic.calls, (calls) =>
    calls.map(({ body }) => Fakes.asked(body as MessagesBody).words)
  )
  const stored = (count: number) =>
    eventually(home, "SELECT id FROM inbox", (rows) => rows.length === count)
  return { blufio, env, home, stored, telegram, words }
})

describe("messages that follow each other soon", () => {
  it.live("become one turn, begun the set time after the last", () =>
    Effect.gen(function* () {
      const { home, stored, telegram, words } = yield* start("700 millis")
      for (const [index, word] of ["one", "two", "three"].entries()) {
        telegram.userSays(person, word)
        yield* stored(index + 1)
      }
      yield* telegram.waitFor(() => telegram.reactions.length === 3)
      assert.deepEqual(yield* words, [])
      yield* telegram.waitFor(() => telegram.sent.length > 0)
      yield* atRest(home)
      assert.deepEqual(yield* words, ["one\ntwo\nthree"])
      const [times] = rowsOf(
        home,
        `SELECT max(received_at) AS said, max(started_at) AS begun
          FROM inbox i JOIN turns t ON t.id = i.turn`
      )
      assert.isAtLeast(Number(times?.["begun"]) - Number(times?.["said"]), 700)
    })
  )

  it.live("wait over a kill, without anybody saying more", () =>
    Effect.gen(function* () {
      const { blufio, env, home, stored, telegram, words } = yield* start("2 seconds")
      telegram.userSays(person, "one")
      yield* stored(1)
      yield* blufio.kill("SIGKILL")
      assert.deepEqual(yield* words, [])
      yield* serve({ home, env })
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Heard: one"))
      yield* atRest(home)
      assert.deepEqual(yield* words, ["one"])
    })
  )

  it.live("are dropped by /stop and taken along by /new, and hold up neither", () =>
    Effect.gen(function* () {
      const { home, stored, telegram, words } = yield* start("3 seconds")
      telegram.userSays(person, "one")
      yield* stored(1)
      telegram.userSays(person, "/stop")
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Stopped."))
      telegram.userSays(person, "two")
      yield* stored(3)
      telegram.userSays(person, "/new")
      yield* telegram.waitFor(() => telegram.sent.some(({ text }) => text.startsWith("A new")))
      assert.deepEqual(yield* words, [])
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Heard: two"))
      yield* atRest(home)
      assert.deepEqual(yield* words, ["two"])
    })
  )
})
