// SPDX-License-Identifier: MIT OR Apache-2.0
/** Chats that blocked or removed the bot: one line says so, and nothing more is tried until they return. */
import * as Effect from "effect/Effect"
import { ChannelError, Gone } from "../../services/Channel.ts"
import { channelName } from "./channelName.ts"

/** The oldest are forgotten: the next call that is refused tells it again. */
const capacity = 1000

export interface GoneChats {
  readonly has: (chatId: string) => boolean
  /** Says so in the log, once. */
  readonly left: (chatId: string) => Effect.Effect<void>
  readonly returned: (chatId: string) => Effect.Effect<void>
  readonly unless: <A>(
    chatId: string,
    operation: string,
    call: Effect.Effect<A, ChannelError>
  ) => Effect.Effect<A, ChannelError>
}

export const make = (): GoneChats => {
  const chats = new Set<string>()
  const left = Effect.fnUntraced(function* (chatId: string) {
    if (chats.has(chatId)) return
    chats.add(chatId)
    const [oldest] = chats
    if (chats.size > capacity && oldest !== undefined) chats.delete(oldest)
    yield* Effect.logInfo(
      "a chat has blocked or removed the bot: nothing is said there until it writes again"
    ).pipe(Effect.annotateLogs({ chat: chatId }))
  })
  return {
    has: (chatId) => chats.has(chatId),
    left,
    returned: (chatId) => Effect.sync(() => void chats.delete(chatId)),
    unless: Effect.fnUntraced(function* (chatId, operation, call) {
      if (chats.has(chatId)) {
        const reason = new Gone({ detail: "the bot is blocked or removed there" })
        return yield* new ChannelError({ channel: channelName, operation, reason })
      }
      return yield* Effect.tapError(call, ({ reason }) =>
        reason._tag === "Gone" ? left(chatId) : Effect.void
      )
    })
  }
}
