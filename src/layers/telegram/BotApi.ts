// SPDX-License-Identifier: MIT OR Apache-2.0
/** A thin client of Telegram's Bot API over grammY: every call has a deadline and named failures. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { RawApi } from "grammy/web"
import type { ChatCommand } from "../../domain/ChatCommand.ts"
import { allowedUpdates } from "./allowedUpdates.ts"
import { BotApiError, NoAnswer, reasonOf, ServerFault } from "./BotApiError.ts"
import type { Me } from "./incoming/addressed.ts"
import { type Place, Update } from "./Update.ts"

/** Calls for which nobody waits are given up after this long. */
const callDeadline = Duration.seconds(15)
/** Calls that hold up a chat are given up sooner. */
const chatDeadline = Duration.seconds(5)
/** What a long poll is given beyond its own timeout (contract 6). */
export const pollGrace = Duration.seconds(10)

/** grammY's own time limit: above any of ours, so that only ours (on Effect's clock) act. */
const neverReachedSeconds = 3600

export interface BotApi {
  /** Who the token belongs to. */
  readonly getMe: Effect.Effect<Me, BotApiError>
  /** Waits up to `timeout` for updates from `offset` on; given up `pollGrace` after that. */
  readonly getUpdates: (options: {
    readonly offset: number
    readonly timeout: Duration.Duration
  }) => Effect.Effect<ReadonlyArray<Update>, BotApiError>
  /** Answers with the message's id. */
  readonly sendMessage: (
    place: Place,
    text: string,
    markup: Markup
  ) => Effect.Effect<number, BotApiError>
  readonly editMessageText: (
    chatId: string,
    messageId: number,
    text: string,
    markup: Markup
  ) => Effect.Effect<void, BotApiError>
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

const decodeUpdates = Schema.decodeUnknownEffect(Schema.Array(Update))
const decodeBot = Schema.decodeUnknownEffect(
  Schema.Struct({ id: Schema.Int, username: Schema.NonEmptyString })
)
const decodeSent = Schema.decodeUnknownEffect(Schema.Struct({ message_id: Schema.Int }))

const decodeFile = Schema.decodeUnknownEffect(
  Schema.Struct({ file_path: Schema.NonEmptyString, file_size: Schema.optionalKey(Schema.Int) })
)

const inTopic = (place: Place) =>
  place.topicId === undefined ? {} : { message_thread_id: place.topicId }
const asText = (text: string, markup: Markup) => ({
  text,
  link_preview_options: { is_disabled: true },
  ...(markup === "html" ? { parse_mode: "HTML" as const } : {})
})

export const make = (options: {
  readonly token: Redacted.Redacted
  readonly apiRoot: string
}): BotApi => {
  const apiRoot = options.apiRoot.replace(/\/+$/, "")
  let loaded: RawApi | undefined

  const load = Effect.promise(() => import("grammy/web")).pipe(
    Effect.map(({ Api }) => {
      const token = Redacted.value(options.token)
      return new Api(token, {
        apiRoot,
        timeoutSeconds: neverReachedSeconds,
        // The token stands in the address: it goes to `api_root` and nowhere else.
        baseFetchConfig: { redirect: "error" }
      }).raw
    }),
    Effect.tap((raw) => Effect.sync(() => void (loaded = raw)))
  )
  const api = Effect.suspend(() => (loaded === undefined ? load : Effect.succeed(loaded)))

  const call = Effect.fnUntraced(function* <A>(
    method: string,
    run: (raw: RawApi, signal: Signal) => Promise<A>,
    deadline: Duration.Duration = callDeadline
  ) {
    const raw = yield* api
    return yield* Effect.tryPromise({
      try: (signal) => run(raw, signal as unknown as Signal),
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
      Effect.flatMap((answer) => decodeBot(answer).pipe(Effect.mapError(unreadable("getMe"))))
    ),
    getUpdates: Effect.fnUntraced(function* ({ offset, timeout }) {
      const seconds = Math.ceil(Duration.toSeconds(timeout))
      const answer = yield* call(
        "getUpdates",
        (raw, signal) =>
          raw.getUpdates({ offset, timeout: seconds, allowed_updates: allowedUpdates }, signal),
        Duration.sum(Duration.seconds(seconds), pollGrace)
      )
      return yield* decodeUpdates(answer).pipe(Effect.mapError(unreadable("getUpdates")))
    }),
    sendMessage: Effect.fnUntraced(function* (place, text, markup) {
      const answer = yield* call(
        "sendMessage",
        (raw, signal) =>
          raw.sendMessage(
            { chat_id: place.chatId, ...inTopic(place), ...asText(text, markup) },
            signal
          ),
        chatDeadline
      )
      const sent = yield* decodeSent(answer).pipe(Effect.mapError(unreadable("sendMessage")))
      return sent.message_id
    }),
    editMessageText: (chatId, messageId, text, markup) =>
      call(
        "editMessageText",
        (raw, signal) =>
          raw.editMessageText(
            { chat_id: chatId, message_id: messageId, ...asText(text, markup) },
            signal
          ),
        chatDeadline
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
