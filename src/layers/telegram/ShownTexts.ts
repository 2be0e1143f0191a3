// SPDX-License-Identifier: MIT OR Apache-2.0
/** What recent messages show, so that an edit that would change nothing is not made. */
import * as Effect from "effect/Effect"
import type { Rendered } from "../../services/Channel.ts"

const most = 1000

/** Two that look the same are the same message. */
const looksOf = ({ body, choices = [] }: Rendered) =>
  [body, ...choices.flatMap(({ answer, label }) => [label, answer])].join("\u0000")

export const make = () => {
  /** By chat and message, oldest first. */
  const shown = new Map<string, string>()

  const note = (key: string, looks: string) => {
    shown.delete(key)
    shown.set(key, looks)
    const oldest = shown.size > most ? shown.keys().next() : undefined
    if (oldest?.done === false) shown.delete(oldest.value)
  }
  const keyOf = (chat: string, messageId: string) => `${chat}:${messageId}`

  return {
    /** A message was sent. */
    note: (chat: string, messageId: string, message: Rendered) =>
      note(keyOf(chat, messageId), looksOf(message)),
    /** Does not edit what stands there already; whatever fails may have changed it. */
    unlessShown: <E>(
      chat: string,
      messageId: string,
      message: Rendered,
      edit: Effect.Effect<void, E>
    ): Effect.Effect<void, E> =>
      Effect.suspend(() => {
        const key = keyOf(chat, messageId)
        const looks = looksOf(message)
        if (shown.get(key) === looks) return Effect.void
        shown.delete(key)
        return Effect.tap(edit, () => Effect.sync(() => note(key, looks)))
      })
  }
}
