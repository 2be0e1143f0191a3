// SPDX-License-Identifier: MIT OR Apache-2.0
/** A thin client of Telegram's Bot API over grammY: every call has a deadline and named failures. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { InputFile, RawApi } from "grammy/web"
import type { ChatCommand } from "../../domain/ChatCommand.ts"
import type { Choice, Upload } from "../../services/Channel.ts"
import { allowedUpdates } from "./allowedUpdates.ts"
import { BotApiError, NoAnswer, reasonOf, ServerFault } from "./BotApiError.ts"
import type { Me } from "./incoming/addressed.ts"
import { type Place, Update } from "./Update.ts"

/** Calls for which nobody waits are given up after this long. */
const callDeadline = Duration.seconds(15)
/** Calls that hold up a chat are given up sooner. */
const chatDeadline = Duration.seconds(5)
/** An upload gets the time that it takes at this rate, in bytes a millisecond, and that of a call. */
const slowestUpload = 500
/** What a long poll is given beyond its own timeout (contract 6). */
export const pollGrace = Duration.seconds(10)

/** grammY's own time limit: above any of ours, so that only ours (on Effect's clock) act. */
const neverReachedSeconds = 3600

export interface BotApi {
  /** Who the token belongs to. */
  readonly getMe: Effect.Effect<Me, BotApiError>
  /** Where Telegram takes the updates instead, when another program wants that. Holds secrets. */
  readonly getWebhookUrl: Effect.Effect<string, BotApiError>
  /** Waits up to `timeout` for updates from `offset` on; given up `pollGrace` after that. */
  readonly getUpdates: (options: {
    readonly offset: number
    readonly timeout: Duration.Duration
  }) => Effect.Effect<ReadonlyArray<Update>, BotApiError>
  /** Answers with the message's id. */
  readonly sendMessage: (
    place: Place,
    text: string,
    markup: Markup,
    choices?: ReadonlyArray<Choice>
  ) => Effect.Effect<number, BotApiError>
  readonly editMessageText: (
    chatId: string,
    messageId: number,
    text: string,
    markup: Markup,
    /** Those of before are gone when none are given. */
    choices?: ReadonlyArray<Choice>
  ) => Effect.Effect<void, BotApiError>
  /** Answers with the message's id. A topic that is gone is refused like everywhere. */
  readonly sendFile: (place: Place, file: Upload) => Effect.Effect<number, BotApiError>
  readonly deleteMessage: (chatId: string, messageId: number) => Effect.Effect<void, BotApiError>
  /** Ends the little clock on a pressed button; `text` is shown to who pressed it, and to nobody else. */
  readonly answerCallbackQuery: (id: string, text?: string) => Effect.Effect<void, BotApiError>
  readonly sendTyping: (place: Place) => Effect.Effect<void, BotApiError>
  readonly react: (
    chatId: string,
    messageId: number,
    emoji: "👀"
  ) => Effect.Effect<void, BotApiError>
  /** Where a file can be fetched: relative to the root of files, or a path on the server's own disk. */
  readonly getFile: (
    fileId: string
  ) => Effect.Effect<{ readonly path: string; readonly size: number | undefined }, BotApiError>
  readonly setMyCommands: (commands: ReadonlyArray<ChatCommand>) => Effect.Effect<void, BotApiError>
}
export type Markup = "html" | "plain"

/** grammY's types name the `abort-controller` package; `grammy/web` takes the platform's own signal. */
type Signal = NonNullable<Parameters<RawApi["getMe"]>[0]>

const decodeUpdates = Schema.decodeUnknownEffect(Schema.Array(Schema.Unknown))
const decodeUpdate = Schema.decodeUnknownOption(Update)
const decodeBot = Schema.decodeUnknownEffect(
  Schema.Struct({ id: Schema.Int, username: Schema.optionalKey(Schema.Unknown) })
)
const isUsername = Schema.is(Schema.String.check(Schema.isPattern(/^\w+$/)))
const decodeWebhook = Schema.decodeUnknownEffect(Schema.Struct({ url: Schema.String }))
const decodeSent = Schema.decodeUnknownEffect(Schema.Struct({ message_id: Schema.Int }))

const decodeFile = Schema.decodeUnknownEffect(
  Schema.Struct({ file_path: Schema.NonEmptyString, file_size: Schema.optionalKey(Schema.Int) })
)
/** grammY writes names as they are, where they end at a space or a semicolon: they come in quotes. */
const uploadName = (name: string): string => {
  const plain = name.toWellFormed().replaceAll(/[\p{Cc}"\\/]/gu, "_")
  return `"${plain.length <= longestName ? plain : plain.slice(-longestName).toWellFormed()}"`
}
const longestName = 200

interface Grammy {
  readonly raw: RawApi
  readonly input: (file: Upload) => InputFile
}

const inTopic = (place: Place) =>
  place.topicId === undefined ? {} : { message_thread_id: place.topicId }
const asText = (text: string, markup: Markup) => ({
  text,
  link_preview_options: { is_disabled: true },
  ...(markup === "html" ? { parse_mode: "HTML" as const } : {})
})

const below = (choices: ReadonlyArray<Choice> | undefined) =>
  choices === undefined
    ? {}
    : {
        reply_markup: {
          inline_keyboard: choices.map(({ answer, label }) => [
            { text: label, callback_data: answer }
          ])
        }
      }

export const make = (options: {
  readonly token: Redacted.Redacted
  readonly apiRoot: string
}): BotApi => {
  const apiRoot = options.apiRoot.replace(/\/+$/, "")
  let loaded: Grammy | undefined

  const load = Effect.promise(() => import("grammy/web")).pipe(
    Effect.map(({ Api, InputFile }) => {
      const token = Redacted.value(options.token)
      const { raw } = new Api(token, {
        apiRoot,
        timeoutSeconds: neverReachedSeconds,
        // The token stands in the address: it goes to `api_root` and nowhere else. Files are streamed.
        baseFetchConfig: { redirect: "error", duplex: "half" }
      })
      const input = (file: Upload) => new InputFile(file.bytes, uploadName(file.name))
      return { raw, input }
    }),
    Effect.tap((grammy) => Effect.sync(() => void (loaded = grammy)))
  )
  const api = Effect.suspend(() => (loaded === undefined ? load : Effect.succeed(loaded)))

  const call = Effect.fnUntraced(function* <A>(
    method: string,
    run: (raw: RawApi, signal: Signal, input: Grammy["input"]) => Promise<A>,
    deadline: Duration.Duration = callDeadline
  ) {
    const { input, raw } = yield* api
    return yield* Effect.tryPromise({
      try: (signal) => run(raw, signal as unknown as Signal, input),
      catch: (thrown) => new BotApiError({ method, reason: reasonOf(thrown) })
    }).pipe(
      Effect.timeoutOrElse({
        duration: deadline,
        orElse: () =>
          Effect.fail(
            new BotApiError({
              method,
              reason: new NoAnswer({ afterMillis: Duration.toMillis(deadline) })
            })
          )
      })
    )
  })
  const unreadable = (method: string) => () =>
    new BotApiError({ method, reason: new ServerFault({ status: 0 }) })

  return {
    getMe: call("getMe", (raw, signal) => raw.getMe(signal)).pipe(
      Effect.flatMap((answer) => decodeBot(answer).pipe(Effect.mapError(unreadable("getMe")))),
      // One that is none of Telegram's names nobody; the bot is heard by replies all the same.
      Effect.map(({ id, username }) => ({ id, username: isUsername(username) ? username : "" }))
    ),
    getWebhookUrl: call(
      "getWebhookInfo",
      (raw, signal) => raw.getWebhookInfo(signal),
      chatDeadline
    ).pipe(
      Effect.flatMap((answer) =>
        decodeWebhook(answer).pipe(Effect.mapError(unreadable("getWebhookInfo")))
      ),
      Effect.map(({ url }) => url)
    ),
    getUpdates: Effect.fnUntraced(function* ({ offset, timeout }) {
      const seconds = Math.ceil(Duration.toSeconds(timeout))
      const answer = yield* call(
        "getUpdates",
        (raw, signal) =>
          raw.getUpdates({ offset, timeout: seconds, allowed_updates: allowedUpdates }, signal),
        Duration.sum(Duration.seconds(seconds), pollGrace)
      )
      const updates = yield* decodeUpdates(answer).pipe(Effect.mapError(unreadable("getUpdates")))
      // What has no number cannot be confirmed; it must not hide the others.
      return updates.flatMap((update) => Option.toArray(decodeUpdate(update)))
    }),
    sendMessage: Effect.fnUntraced(function* (place, text, markup, choices) {
      const answer = yield* call(
        "sendMessage",
        (raw, signal) =>
          raw.sendMessage(
            {
              chat_id: place.chatId,
              ...inTopic(place),
              ...asText(text, markup),
              ...below(choices)
            },
            signal
          ),
        chatDeadline
      )
      const sent = yield* decodeSent(answer).pipe(Effect.mapError(unreadable("sendMessage")))
      return sent.message_id
    }),
    editMessageText: (chatId, messageId, text, markup, choices) =>
      call(
        "editMessageText",
        (raw, signal) =>
          raw.editMessageText(
            {
              chat_id: chatId,
              message_id: messageId,
              ...asText(text, markup),
              ...below(choices)
            },
            signal
          ),
        chatDeadline
      ),
    sendFile: Effect.fnUntraced(function* (place, file) {
      const { bytes, shown } = file
      const deadline = Duration.sum(callDeadline, Duration.millis(bytes.length / slowestUpload))
      const about = {
        chat_id: place.chatId,
        ...inTopic(place),
        ...(file.caption === "" ? {} : { caption: file.caption })
      }
      const upload = {
        photo: call(
          "sendPhoto",
          (raw, signal, input) => raw.sendPhoto({ ...about, photo: input(file) }, signal),
          deadline
        ),
        animation: call(
          "sendAnimation",
          (raw, signal, input) => raw.sendAnimation({ ...about, animation: input(file) }, signal),
          deadline
        ),
        document: call(
          "sendDocument",
          (raw, signal, input) =>
            raw.sendDocument(
              // It is what its name says, and not shown as music or a video.
              { ...about, document: input(file), disable_content_type_detection: true },
              signal
            ),
          deadline
        )
      }
      const sent = yield* decodeSent(yield* upload[shown]).pipe(
        Effect.mapError(unreadable("sendFile"))
      )
      return sent.message_id
    }),
    deleteMessage: (chatId, messageId) =>
      call(
        "deleteMessage",
        (raw, signal) => raw.deleteMessage({ chat_id: chatId, message_id: messageId }, signal),
        chatDeadline
      ),
    answerCallbackQuery: (id, text) =>
      call("answerCallbackQuery", (raw, signal) =>
        raw.answerCallbackQuery(
          { callback_query_id: id, ...(text === undefined ? {} : { text }) },
          signal
        )
      ),
    sendTyping: (place) =>
      call(
        "sendChatAction",
        (raw, signal) =>
          raw.sendChatAction(
            { chat_id: place.chatId, ...inTopic(place), action: "typing" },
            signal
          ),
        chatDeadline
      ),
    react: (chatId, messageId, emoji) =>
      call(
        "setMessageReaction",
        (raw, signal) =>
          raw.setMessageReaction(
            { chat_id: chatId, message_id: messageId, reaction: [{ type: "emoji", emoji }] },
            signal
          ),
        chatDeadline
      ),
    getFile: Effect.fnUntraced(function* (fileId) {
      const answer = yield* call("getFile", (raw, signal) =>
        raw.getFile({ file_id: fileId }, signal)
      )
      const found = yield* decodeFile(answer).pipe(Effect.mapError(unreadable("getFile")))
      return { path: found.file_path, size: found.file_size }
    }),
    setMyCommands: (commands) =>
      call("setMyCommands", (raw, signal) =>
        raw.setMyCommands(
          { commands: commands.map(({ name, description }) => ({ command: name, description })) },
          signal
        )
      )
  }
}
