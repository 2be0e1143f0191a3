// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tells the log and the health registry how polling goes, without repeating itself every second. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { ChannelHealth, PollStatus } from "../../services/ChannelHealth.ts"
import { type BotApiError, describe, type Reason } from "./BotApiError.ts"
import { elapsedMillis } from "../../services/elapsed.ts"
import { channelName } from "./channelName.ts"

/** The same trouble is logged again after this long. */
const repeatMillis = 60_000

const nextStep = (reason: Reason): string => {
  switch (reason._tag) {
    case "Conflict":
      return reason.rival === "webhook"
        ? "; remove it with the Bot API's deleteWebhook, until then I try again every 5 s"
        : "; stop the other one or give this one a bot of its own, until then I try again every 5 s"
    case "Unauthorized":
      return reason.status === 404
        ? "; check TELEGRAM_BOT_TOKEN and telegram.api_root, then start again"
        : "; get the token from @BotFather, store it (blufio secret set TELEGRAM_BOT_TOKEN), then start again"
    default:
      return ""
  }
}

export const make = Effect.gen(function* () {
  const health = yield* ChannelHealth
  const logged = yield* Ref.make(Option.none<{ readonly detail: string; readonly at: number }>())

  const finished = Effect.gen(function* () {
    yield* health.report(channelName, PollStatus.Finished())
    const before = yield* Ref.getAndSet(logged, Option.none())
    if (Option.isSome(before)) yield* Effect.logInfo("Telegram answers again")
  })

  const failed = Effect.fnUntraced(function* ({ reason }: BotApiError) {
    const detail = describe(reason) + nextStep(reason)
    const isRefusal = reason._tag === "Conflict" || reason._tag === "Unauthorized"
    yield* health.report(
      channelName,
      isRefusal ? PollStatus.Refused({ detail }) : PollStatus.Stumbled({ detail })
    )
    const now = yield* elapsedMillis
    const isKnown = Option.exists(
      yield* Ref.get(logged),
      (last) => last.detail === detail && now - last.at < repeatMillis
    )
    if (isKnown) return
    yield* Ref.set(logged, Option.some({ detail, at: now }))
    const log = reason._tag === "Unauthorized" ? Effect.logError : Effect.logWarning
    yield* log(`Telegram cannot be polled: ${detail}`)
  })

  return { finished, failed }
})
