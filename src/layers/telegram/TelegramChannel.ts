// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram as a channel: how to answer there, and the loop that listens. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { Chat } from "../../domain/Ids.ts"
import * as Channel from "../../services/Channel.ts"
import * as BotApi from "./BotApi.ts"
import { type BotApiError, describe } from "./BotApiError.ts"
import * as CallLimits from "./CallLimits.ts"
import * as Download from "./download.ts"
import * as GoneChats from "./GoneChats.ts"
import * as Moves from "./Moves.ts"
import * as files from "./files.ts"
import { listen } from "./poll.ts"
import { channelName } from "./channelName.ts"
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

/** The text is to blame, or may be: nobody knows all that Telegram may say. */
const isForText = (reason: BotApiError["reason"]): boolean =>
  reason._tag === "BadRequest" && ["markup", "too-long", "other"].includes(reason.kind)

const reasonFor = ({ reason }: BotApiError): Channel.ChannelError["reason"] => {
  switch (reason._tag) {
    case "TooManyRequests":
      return new Channel.RateLimited({ retryAfterMillis: reason.retryAfterMillis })
    case "BadRequest":
      return new Channel.Rejected({
        detail: describe(reason),
        ...(isForText(reason) && { isForText: true })
      })
    case "Migrated":
      return new Channel.Rejected({ detail: describe(reason) })
    case "Forbidden":
      return new Channel.Gone({ detail: describe(reason) })
    case "Conflict":
    case "NetworkFault":
    case "NoAnswer":
    case "ServerFault":
    case "Unauthorized":
      return new Channel.Unreachable({ detail: describe(reason) })
  }
}

type Operation = "send" | "edit" | "sendFile" | "remove"

interface Message {
  readonly chat: Chat
  readonly rendered: Channel.Rendered
  readonly final: boolean
}

/** A message that cannot be edited, whyever, is sent anew: its text must not be lost. */
const asChannelError = (operation: Operation) => (error: BotApiError) =>
  new Channel.ChannelError({
    channel: channelName,
    operation,
    reason:
      operation === "edit" && ["BadRequest", "Migrated"].includes(error.reason._tag)
        ? new Channel.MessageGone()
        : operation === "sendFile" && files.isRefusal(error)
          ? new Channel.FileRefused({ detail: files.spoken(error) })
          : reasonFor(error)
  })

const isBadRequest = (kind: string) => (error: BotApiError) =>
  error.reason._tag === "BadRequest" && error.reason.kind === kind

/** Faster than this Telegram does not let a bot write to one chat for long. */
const chatInterval = 1000

export const make = ({ settings, token }: Options) => {
  const api = BotApi.make({ token, apiRoot: settings.api_root })
  const editIntervalMillis = Duration.toMillis(settings.edit_interval)
  // Who wants edits to come faster than that has a Bot API server that allows more.
  const limits = CallLimits.make({ chatInterval: Math.min(chatInterval, editIntervalMillis) })
  const shownTexts = ShownTexts.make()
  const moves = Moves.make()
  const gone = GoneChats.make()

  /** As markup, and once more as plain text when Telegram refuses that. */
  const inEitherForm = <A>(
    { chat, final, rendered }: Message,
    attempt: (text: string, markup: BotApi.Markup) => Effect.Effect<A, BotApiError>
  ) =>
    attempt(rendered.body, "html").pipe(
      Effect.catchIf(
        ({ reason }) => isForText(reason),
        () => limits.counted(chat.chat, !final, attempt(rendered.plain, "plain"))
      )
    )

  const sendTo = (place: Place, message: Message) =>
    moves.inPresent(place.chatId, (chatId) =>
      inEitherForm(message, (text, markup) =>
        api.sendMessage({ ...place, chatId }, text, markup, message.rendered.choices)
      ).pipe(Effect.map((id) => Moves.messageIdIn(place.chatId, chatId, id)))
    )

  const sendFile = files.make({ api, limits, moves })

  const channel: Channel.Channel = {
    name: channelName,
    streams: true,
    editIntervalMillis,
    render,
    send: Effect.fn("TelegramChannel.send")((message) => {
      const { chat, final, rendered } = message
      const place = placeOf(chat)
      // A deleted topic must not swallow the answer: it goes to the chat itself.
      return sendTo(place, message).pipe(
        Effect.catchIf(isBadRequest("topic-not-found"), () =>
          limits.counted(chat.chat, !final, sendTo({ ...place, topicId: undefined }, message))
        ),
        Effect.tap((id) => Effect.sync(() => shownTexts.note(chat.chat, id, rendered))),
        Effect.mapError(asChannelError("send")),
        (sending) => limits.kept(chat.chat, "send", !final, sending),
        (sending) => gone.unless(chat.chat, "send", sending)
      )
    }),
    edit: Effect.fn("TelegramChannel.edit")((message) => {
      const { chat, final, messageId, rendered } = message
      const sent = Moves.messageOf(chat.chat, messageId)
      return inEitherForm(message, (text, markup) =>
        api.editMessageText(sent.chatId, sent.id, text, markup, rendered.choices)
      ).pipe(
        Effect.catchIf(isBadRequest("not-modified"), () => Effect.void),
        // It is sent anew: half a reply above the whole one would be read as one.
        Effect.tapError(({ reason }) =>
          final && isForText(reason)
            ? Effect.ignore(api.deleteMessage(sent.chatId, sent.id))
            : Effect.void
        ),
        Effect.mapError(asChannelError("edit")),
        (editing) => limits.kept(chat.chat, "edit", !final, editing),
        (editing) => gone.unless(chat.chat, "edit", editing),
        (editing) => shownTexts.unlessShown(chat.chat, messageId, rendered, editing)
      )
    }),
    sendFile: Effect.fn("TelegramChannel.sendFile")(({ chat, file }) =>
      sendFile(placeOf(chat), file).pipe(
        Effect.mapError(asChannelError("sendFile")),
        (sending) => limits.kept(chat.chat, "sendFile", false, sending),
        (sending) => gone.unless(chat.chat, "sendFile", sending)
      )
    ),
    remove: Effect.fn("TelegramChannel.remove")(({ chat, messageId }) => {
      const sent = Moves.messageOf(chat.chat, messageId)
      return api.deleteMessage(sent.chatId, sent.id).pipe(
        // Older than two days, say: then it stays, emptied.
        Effect.catchIf(isBadRequest("not-deletable"), () =>
          api.editMessageText(sent.chatId, sent.id, "…", "plain")
        ),
        Effect.catchIf(
          ({ reason }) => reason._tag === "BadRequest",
          () => Effect.void
        ),
        Effect.mapError(asChannelError("remove")),
        (removing) => gone.unless(chat.chat, "remove", removing)
      )
    }),
    typing: Effect.fn("TelegramChannel.typing")(
      (chat) => (gone.has(chat.chat) ? Effect.void : api.sendTyping(placeOf(chat))),
      Effect.catchTag("BotApiError", (error) => Effect.logDebug(error.message))
    ),
    fetch: Download.make({ api, token, apiRoot: settings.api_root })
  }

  return {
    channel,
    /** Receives what people say; never ends. Needs the inbox, so it runs once that is there. */
    listen: listen({
      api,
      gone,
      allowedUsers: new Set(settings.allowed_users),
      pollTimeout: settings.poll_timeout,
      joinWithin: settings.join_within
    })
  }
}
