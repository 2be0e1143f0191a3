// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets that stand in two messages, or where nobody types: they are taken out before anything is stored. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { documentOf } from "./filesSupport.ts"
import { atRest, eventually, person, printJson, rowsOf } from "./support.ts"

const start = Effect.gen(function* () {
  const fakes = yield* Fakes.make()
  const { anthropic, home, telegram } = fakes
  yield* anthropic.setBrain(() => text("Noted."))
  yield* serve({ home, env: { BLUFIO__TELEGRAM__JOIN_WITHIN: "700 millis", ...Fakes.oneModel() } })
  yield* telegram.waitFor(() => telegram.isPolled)
  /** All that was stored of what people said, and all that a model was asked. */
  const kept = Effect.gen(function* () {
    yield* telegram.waitFor(() => telegram.shownIn(person).includes("Noted."))
    yield* atRest(home)
    const stored = [
      "SELECT parts FROM inbox",
      "SELECT parts FROM messages",
      "SELECT * FROM person_names"
    ]
    const calls = (yield* anthropic.calls).map(({ body }) => body)
    return printJson([stored.map((sql) => rowsOf(home, sql)), calls])
  })
  return { ...fakes, kept }
})

it.live("a secret that was cut over two messages is put together, and taken out of both", () =>
  Effect.gen(function* () {
    const { anthropic, home, kept, telegram } = yield* start
    const [head, tail] = [anthropic.key.slice(0, 12), anthropic.key.slice(12)]
    telegram.userSays(person, `the key is ${head}`)
    yield* eventually(home, "SELECT id FROM inbox", (rows) => rows.length === 1)
    telegram.userSays(person, `${tail} and my cat is Tom`)
    const all = yield* kept
    assert.notInclude(all, head)
    assert.notInclude(all, tail)
    assert.include(all, "the key is ")
    assert.include(all, " and my cat is Tom")
    assert.isTrue(telegram.shownIn(person).some((one) => one.startsWith("🔒")))
  })
)

it.live("a secret in the name of a file or of a person is none of ours to keep", () =>
  Effect.gen(function* () {
    const fakes = yield* start
    const { anthropic, kept, telegram } = fakes
    telegram.userSends(person, {
      from: { id: person, is_bot: false, first_name: anthropic.key },
      ...documentOf(fakes, Buffer.from("words"), { file_name: `${anthropic.key}.txt` })
    })
    const all = yield* kept
    assert.notInclude(all, anthropic.key)
    assert.include(all, "[ANTHROPIC_API_KEY].txt")
  })
)
