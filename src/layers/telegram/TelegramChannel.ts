// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram as a channel: how to answer there, and the loop that listens. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Chat } from "../../domain/Ids.ts"
import * as Channel from "../../services/Channel.ts"
import * as BotApi from "./BotApi.ts"
import { type BotApiError, describe } from "./BotApiError.ts"
import * as ChatPauses from "./ChatPauses.ts"
import { listen } from "./poll.ts"
import { channelName } from "./receive.ts"
import { render } from "./render.ts"
import * as ShownTexts from "./ShownTexts.ts"
import type { Place } from "./Update.ts"

export interface Options {
  readonly token: Redacted.Redacted
  readonly settings: {
    readonly api_root: string
    /** Numeric ids of people who need no pairing code. */
    readonly allowed_users: ReadonlyArray<number>
    readonly poll_timeout: Duration.Duration
    readonly edit_interval: Duration.Duration
    readonly join_within: Duration.Duration
  }
}

const placeOf = (chat: Chat): Place => ({
  chatId: chat.chat,
  topicId: chat.topic === "" ? undefined : Number(chat.topic)
})

const reasonFor = ({ reason }: BotApiError): Channel.ChannelError["reason"] => {
  switch (reason._tag) {
    case "TooManyRequests":
      return new Channel.RateLimited({ retryAfterMillis: reason.retryAfterMillis })
    case "BadRequest":
    case "Forbidden":
      return new Channel.Rejected({ detail: describe(reason) })
    case "Conflict":
    case "NetworkFault":
    case "NoAnswer":
    case "ServerFault":
    case "Unauthorized":
      return new Channel.Unreachable({ detail: describe(reason) })
  }
}

type Operation = "send" | "edit"

/** A message that cannot be edited, whyever, is sent anew: its text must not be lost. */
const asChannelError = (operation: Operation) => (error: BotApiError) =>
  new Channel.ChannelError({
    channel: channelName,
    operation,
    reason:
      operation === "edit" && error.reason._tag === "BadRequest"
        ? new Channel.MessageGone()
        : reasonFor(error)
  })

const isBadRequest = (kind: string) => (error: BotApiError) =>
  error.reason._tag === "BadRequest" && error.reason.kind === kind

/** As markup, and once more as plain text when Telegram refuses the markup. */
const inEitherForm = <A>(
  rendered: Channel.Rendered,
  attempt: (text: string, markup: BotApi.Markup) => Effect.Effect<A, BotApiError>
) =>
  attempt(rendered.body, "html").pipe(
    Effect.catchIf(isBadRequest("markup"), () => attempt(rendered.plain, "plain"))
  )

export const make = ({ settings, token }: Options) => {
  const api = BotApi.make({ token, apiRoot: settings.api_root })
  const unlessPaused = ChatPauses.make()
  const shownTexts = ShownTexts.make()

  const sendTo = (place: Place, rendered: Channel.Rendered) =>
    inEitherForm(rendered, (text, markup) => api.sendMessage(place, text, markup))

  const channel: Channel.Channel = {
    name: channelName,
    streams: true,
    editIntervalMillis: Duration.toMillis(settings.edit_interval),
    render,
    send: Effect.fn("TelegramChannel.send")(({ chat, rendered }) => {
      const place = placeOf(chat)
      // A deleted topic must not swallow the answer: it goes to the chat itself.
      return sendTo(place, rendered).pipe(
        Effect.catchIf(isBadRequest("topic-not-found"), () =>
          sendTo({ ...place, topicId: undefined }, rendered)
        ),
        Effect.map(String),
        Effect.tap((id) => Effect.sync(() => shownTexts.note(chat.chat, id, rendered.body))),
        Effect.mapError(asChannelError("send")),
        (sending) => unlessPaused(chat.chat, "send", sending)
      )
    }),
    edit: Effect.fn("TelegramChannel.edit")(({ chat, messageId, rendered }) =>
      inEitherForm(rendered, (text, markup) =>
        api.editMessageText(chat.chat, Number(messageId), text, markup)
      ).pipe(
        Effect.catchIf(isBadRequest("not-modified"), () => Effect.void),
        Effect.mapError(asChannelError("edit")),
        (editing) =>
          shownTexts.unlessShown(
            chat.chat,
            messageId,
            rendered.body,
            unlessPaused(chat.chat, "edit", editing)
          )
      )
    ),
    typing: Effect.fn("TelegramChannel.typing")(
      (chat) => api.sendTyping(placeOf(chat)),
      Effect.catchTag("BotApiError", (error) => Effect.logDebug(error.message))
    )
  }

  return {
    channel,
    /** Receives what people say; never ends. Needs the inbox, so it runs once that is there. */
    listen: listen({
      api,
      allowedUsers: new Set(settings.allowed_users),
      pollTimeout: settings.poll_timeout,
      joinWithin: settings.join_within
    })
  }
}
