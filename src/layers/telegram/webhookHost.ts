// SPDX-License-Identifier: MIT OR Apache-2.0
/** Names what else receives the bot's updates, so that whoever runs it knows where to look. */
import * as Effect from "effect/Effect"
import { redact } from "../../domain/redaction/scan.ts"
import type { BotApi } from "./BotApi.ts"
import { BotApiError, Conflict } from "./BotApiError.ts"

/** The host alone: user, path and query of a webhook are its secrets. */
const hostOf = (url: string): string | undefined => {
  const host = URL.parse(url)?.hostname ?? ""
  return host === "" ? undefined : redact(host)
}

/** The same failure, with the webhook's host where it is one and Telegram tells it. */
export const withWebhookHost = (api: BotApi, error: BotApiError): Effect.Effect<BotApiError> =>
  error.reason._tag !== "Conflict" || error.reason.rival !== "webhook"
    ? Effect.succeed(error)
    : api.getWebhookUrl.pipe(
        Effect.map(hostOf),
        Effect.catch((failure) =>
          Effect.as(Effect.logDebug(`the webhook is not known: ${failure.message}`), undefined)
        ),
        Effect.map((host) =>
          host === undefined
            ? error
            : new BotApiError({
                method: error.method,
                reason: new Conflict({ rival: "webhook", host })
              })
        )
      )
