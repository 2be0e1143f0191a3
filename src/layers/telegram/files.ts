// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files to a chat: a picture that Telegram does not take as one goes as a document. */
import * as Effect from "effect/Effect"
import type { Upload } from "../../services/Channel.ts"
import type { BotApi } from "./BotApi.ts"
import type { BotApiError } from "./BotApiError.ts"
import type * as CallLimits from "./CallLimits.ts"
import * as Moves from "./Moves.ts"
import type { Place } from "./Update.ts"

/** In UTF-16 units. */
const longestCaption = 1024

const kindOf = ({ reason }: BotApiError) => (reason._tag === "BadRequest" ? reason.kind : undefined)

/** The file is not taken, while a message may be. */
export const isRefusal = ({ reason }: BotApiError): boolean =>
  (reason._tag === "BadRequest" && reason.kind !== "chat-not-found") ||
  (reason._tag === "ServerFault" && reason.status === 413)

export const spoken = ({ reason }: BotApiError): string =>
  reason._tag === "ServerFault" ? "Telegram finds it too large." : "Telegram did not take it."

const captioned = (file: Upload): Upload => ({
  ...file,
  caption:
    file.caption.length <= longestCaption
      ? file.caption
      : `${file.caption.slice(0, longestCaption - 1).toWellFormed()}…`
})

export const make = (options: {
  readonly api: BotApi
  readonly limits: ReturnType<typeof CallLimits.make>
  readonly moves: ReturnType<typeof Moves.make>
}) => {
  const { api, limits, moves } = options

  const sendTo = (place: Place, file: Upload) =>
    moves.inPresent(place.chatId, (chatId) =>
      Effect.map(api.sendFile({ ...place, chatId }, file), (id) =>
        Moves.messageIdIn(place.chatId, chatId, id)
      )
    )

  /** Answers with the message's id. */
  return (place: Place, upload: Upload): Effect.Effect<string, BotApiError> => {
    const file = captioned(upload)
    const anew = (where: Place, what: Upload) =>
      limits.counted(place.chatId, false, sendTo(where, what))
    // A deleted topic must not swallow it: it goes to the chat itself.
    const inEitherPlace = (what: Upload, sending: Effect.Effect<string, BotApiError>) =>
      sending.pipe(
        Effect.catchIf(
          (error) => kindOf(error) === "topic-not-found",
          () => anew({ ...place, topicId: undefined }, what)
        )
      )
    return inEitherPlace(file, sendTo(place, file)).pipe(
      Effect.catchIf(
        (error) => file.shown !== "document" && isRefusal(error),
        () => {
          const plain = { ...file, shown: "document" as const }
          return inEitherPlace(plain, anew(place, plain))
        }
      )
    )
  }
}
