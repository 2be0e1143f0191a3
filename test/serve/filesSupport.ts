// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sends files to the running program, and looks at what became of them. */
import * as Effect from "effect/Effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type Block, blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import type { Home } from "../support/Blufio.ts"
import type * as Fakes from "../support/Fakes.ts"
import { atRest, eventually, person } from "./support.ts"

export type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")

export const receivedIn = (home: Home) => join(home.dir, "data/blufio/workspace/received")

export const savedIn = (home: Home): ReadonlyArray<string> => readdirSync(receivedIn(home))

/** The blocks of the newest user message, but for what comes with every one. */
export const blocksAsked = (body: unknown): ReadonlyArray<Block> =>
  blocksOf((body as MessagesBody).messages.at(-1)!).filter(
    (block) => block.type !== "text" || !/^\[(Sent on|This conversation)/.test(block.text)
  )

export const textsOf = (blocks: ReadonlyArray<Block>) =>
  blocks.flatMap((block) => (block.type === "text" ? [block.text] : []))

const answered = (home: Home, update: number) =>
  Effect.andThen(
    eventually(
      home,
      `SELECT id FROM inbox WHERE update_id = '${update}' AND state = 'done'`,
      (rows) => rows.length > 0
    ),
    atRest(home)
  )

/** Sends messages and answers with what the model was asked because of them, and the replies. */
export const send = Effect.fnUntraced(function* (
  { anthropic, home, telegram }: Outside,
  ...contents: ReadonlyArray<Readonly<Record<string, unknown>>>
) {
  const asked = (yield* anthropic.calls).length
  const said = telegram.shownIn(person).length
  const updates = contents.map((content) => telegram.userSends(person, content))
  yield* Effect.forEach(updates, (update) => answered(home, update))
  const calls = (yield* anthropic.calls).slice(asked)
  return {
    calls,
    blocks: calls.length === 0 ? [] : blocksAsked(calls.at(-1)!.body),
    replies: telegram.shownIn(person).slice(said)
  }
})

/** As Telegram puts a document into a message. */
export const documentOf = (
  { telegram }: Outside,
  bytes: Uint8Array,
  fields: Readonly<Record<string, unknown>> = {}
) => ({ document: { ...telegram.files.add(bytes), ...fields } })
