// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which chats Telegram wants left alone, and until when: whoever asks before is told how long to wait. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { ChannelError, RateLimited } from "../../services/Channel.ts"
import { channelName } from "./receive.ts"

export const make = () => {
  /** Milliseconds since 1970, by chat; only those still to come are kept. */
  const pauses = new Map<string, number>()

  const note = (chat: string, now: number, retryAfterMillis: number) => {
    for (const [other, until] of pauses) if (until <= now) pauses.delete(other)
    pauses.set(chat, now + retryAfterMillis)
  }

  /** A growing reply and its final text go different ways to one chat: both keep to its pause. */
  return Effect.fnUntraced(function* <A>(
    chat: string,
    operation: string,
    call: Effect.Effect<A, ChannelError>
  ) {
    const wait = (pauses.get(chat) ?? 0) - (yield* Clock.currentTimeMillis)
    if (wait > 0) {
      const reason = new RateLimited({ retryAfterMillis: wait })
      return yield* new ChannelError({ channel: channelName, operation, reason })
    }
    return yield* Effect.tapError(call, ({ reason }) =>
      reason._tag === "RateLimited"
        ? Effect.map(Clock.currentTimeMillis, (now) => note(chat, now, reason.retryAfterMillis))
        : Effect.void
    )
  })
}
