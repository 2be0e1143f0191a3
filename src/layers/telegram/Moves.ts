// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where groups went that became supergroups, as refused calls tell it: the call goes on there. */
import * as Effect from "effect/Effect"
import type { BotApiError } from "./BotApiError.ts"

/** The oldest are forgotten: a further refusal tells it again. */
const capacity = 1000

/** A message's id for us: with the chat that it is really in, when that is another one. */
export const messageIdIn = (asked: string, chatId: string, id: number): string =>
  chatId === asked ? String(id) : `${chatId}/${id}`

export const messageOf = (asked: string, messageId: string) => {
  const [, chatId, id] = /^(.*)\/(\d+)$/.exec(messageId) ?? [messageId, asked, messageId]
  return { chatId: chatId ?? asked, id: Number(id) }
}

export const make = () => {
  const moves = new Map<string, string>()
  const follow = (chatId: string) => moves.get(chatId) ?? chatId
  const note = (from: string, to: string) => {
    moves.set(from, to)
    const [oldest] = moves.keys()
    if (moves.size > capacity && oldest !== undefined) moves.delete(oldest)
  }

  return {
    /** Makes a call in the chat's present place, and once more when that has just changed. */
    inPresent: <A>(
      chatId: string,
      call: (chatId: string) => Effect.Effect<A, BotApiError>
    ): Effect.Effect<A, BotApiError> =>
      Effect.suspend(() => call(follow(chatId))).pipe(
        Effect.catch((error) => {
          if (error.reason._tag !== "Migrated") return Effect.fail(error)
          note(chatId, error.reason.to)
          return call(error.reason.to)
        })
      )
  }
}
