// SPDX-License-Identifier: MIT OR Apache-2.0
/** What somebody sent in one chat is not handed out in another. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { documentOf, savedIn, send } from "./filesSupport.ts"
import { ask, atRest, eventually, person } from "./support.ts"

const group = -1_002_000
const to = -1_002_001

it.live("a received file is sent in its own chat, and in no other", () =>
  Effect.gen(function* () {
    const fakes = yield* Fakes.make()
    const { anthropic, home, telegram } = fakes
    yield* anthropic.setBrain((body) =>
      Fakes.asked(body).step > 0 || !Fakes.asked(body).words.includes("Send")
        ? text("There you are.")
        : toolCall("use_tool", {
            name: "send_file",
            params: { path: `received/${savedIn(home).at(-1)}` }
          })
    )
    yield* serve({ home, env: Fakes.oneModel() })
    const told = Effect.map(anthropic.calls, (calls) =>
      Fakes.asked(calls.at(-1)!.body as MessagesBody).results.join()
    )
    const settled = (update: number) =>
      Effect.andThen(
        eventually(
          home,
          `SELECT id FROM inbox WHERE update_id = '${update}' AND state = 'done'`,
          (rows) => rows.length > 0
        ),
        atRest(home)
      )
    const sayIn = (chat: number) => settled(telegram.groupSays(chat, person, "@blufio_bot Send it"))

    yield* send(fakes, documentOf(fakes, Buffer.from("my diary"), { mime_type: "text/plain" }))
    yield* sayIn(group)
    assert.include(yield* told, "did not come in this chat")
    assert.strictEqual(telegram.count("sendDocument"), 0)
    yield* ask(home, telegram, "Send it")
    yield* telegram.waitFor(() => telegram.count("sendDocument") === 1)

    // The same content came there as well, before the group became another.
    const document = documentOf(fakes, Buffer.from("my diary"), { mime_type: "text/plain" })
    const caption_entities = [{ type: "mention", offset: 0, length: 11 }]
    const named = { ...document, caption: "@blufio_bot look", caption_entities }
    yield* settled(telegram.groupSends(group, person, named))
    telegram.migrate(group, to, person)
    yield* sayIn(to)
    yield* telegram.waitFor(() => telegram.count("sendDocument") === 2)
  })
)
