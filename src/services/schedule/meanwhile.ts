// SPDX-License-Identifier: MIT OR Apache-2.0
/** What was said in a chat unasked since its last turn, for the model to know with the next message. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SessionId } from "../../domain/Ids.ts"
import type { Part } from "../../domain/Message.ts"
import type { Journal } from "../Journal.ts"
import type { Said, ScheduleStore } from "../ScheduleStore.ts"
import type { SessionStore } from "../SessionStore.ts"

/** In characters, all of it together. */
const longest = 600
const most = 5

const head = "[While you were away I sent: "

/** The newest that fit, oldest first; the oldest of them cut when it does not fit as a whole. */
const fitting = (said: ReadonlyArray<Said>, room: number): ReadonlyArray<Said> => {
  const kept: Array<Said> = []
  let left = room
  for (const one of said.toReversed()) {
    const text = one.text.length <= left ? one.text : `${one.text.slice(0, Math.max(0, left - 1))}…`
    if (left < 20) break
    kept.unshift({ ...one, text })
    left -= text.length + 3
  }
  return kept
}

/** What a model wrote there may repeat what it read elsewhere, so only the person's own words are trusted. */
const part = ({ isOwn, text }: Said): Part =>
  isOwn
    ? { _tag: "Text", origin: "blufio", trusted: true, text: `${head}${text}]` }
    : { _tag: "Text", origin: "model", trusted: false, text: `${head}${text}]` }

export const meanwhile = Effect.fn("meanwhile")(function* (
  services: {
    readonly journal: Journal["Service"]
    readonly schedules: ScheduleStore["Service"]
    readonly sessions: SessionStore["Service"]
  },
  id: SessionId
) {
  const session = yield* services.sessions.find(id)
  if (Option.isNone(session) || session.value.closedAt !== null) return []
  const last = yield* services.journal.newest(id)
  const since = Option.match(last, {
    onNone: () => session.value.openedAt,
    onSome: ({ startedAt }) => startedAt
  })
  const said = yield* services.schedules.saidSince(session.value, since, most)
  const room = longest - said.length * (head.length + 1)
  return fitting(said, room).map(part)
})
