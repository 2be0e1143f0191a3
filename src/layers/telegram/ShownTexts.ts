// SPDX-License-Identifier: MIT OR Apache-2.0
/** What recent messages show, so that an edit that would change nothing is not made. */
import * as Effect from "effect/Effect"

const most = 1000

export const make = () => {
  /** By chat and message, oldest first. */
  const shown = new Map<string, string>()

  const note = (key: string, body: string) => {
    shown.delete(key)
    shown.set(key, body)
    const oldest = shown.size > most ? shown.keys().next() : undefined
    if (oldest?.done === false) shown.delete(oldest.value)
  }
  const keyOf = (chat: string, messageId: string) => `${chat}:${messageId}`

  return {
    /** A message was sent. */
    note: (chat: string, messageId: string, body: string) => note(keyOf(chat, messageId), body),
    /** Does not edit what stands there already; whatever fails may have changed it. */
    unlessShown: <E>(
      chat: string,
      messageId: string,
      body: string,
      edit: Effect.Effect<void, E>
    ): Effect.Effect<void, E> =>
      Effect.suspend(() => {
        const key = keyOf(chat, messageId)
        if (shown.get(key) === body) return Effect.void
        shown.delete(key)
        return Effect.tap(edit, () => Effect.sync(() => note(key, body)))
      })
  }
}
