// SPDX-License-Identifier: MIT OR Apache-2.0
/** What each Bot API method takes; anything else is refused. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { SentFile } from "./multipart.ts"

const ChatId = Schema.Union([Schema.Int, Schema.NonEmptyString])
const MessageId = Schema.Union([Schema.Int, Schema.NonEmptyString])
const Text = {
  text: Schema.String,
  parse_mode: Schema.optionalKey(Schema.Literals(["HTML"])),
  link_preview_options: Schema.optionalKey(Schema.Struct({ is_disabled: Schema.Boolean }))
}

const Keyboard = Schema.Struct({
  inline_keyboard: Schema.Array(
    Schema.NonEmptyArray(
      Schema.Struct({
        text: Schema.NonEmptyString,
        callback_data: Schema.String.check(
          Schema.makeFilter((data: string) => {
            const bytes = Buffer.byteLength(data)
            return bytes >= 1 && bytes <= 64
          })
        )
      })
    ).check(Schema.isMaxLength(8))
  ).check(Schema.isMaxLength(100))
})
export type Keyboard = typeof Keyboard.Type

/** The reactions that bots may give; the real list is longer. */
const Reaction = Schema.Struct({
  type: Schema.Literal("emoji"),
  emoji: Schema.Literals(["👀", "👍", "👎", "❤", "🔥", "👌"])
})

const File = Schema.instanceOf(SentFile)
const uploading = {
  chat_id: ChatId,
  message_thread_id: Schema.optionalKey(Schema.Int),
  caption: Schema.optionalKey(Schema.String)
}

export const parameters = {
  getMe: Schema.Struct({}),
  getUpdates: Schema.Struct({
    offset: Schema.optionalKey(Schema.Int),
    limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))),
    timeout: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
    allowed_updates: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  getFile: Schema.Struct({ file_id: Schema.NonEmptyString }),
  sendMessage: Schema.Struct({
    chat_id: ChatId,
    message_thread_id: Schema.optionalKey(Schema.Int),
    reply_markup: Schema.optionalKey(Keyboard),
    ...Text
  }),
  sendDocument: Schema.Struct({
    ...uploading,
    document: File,
    disable_content_type_detection: Schema.optionalKey(Schema.Boolean)
  }),
  sendPhoto: Schema.Struct({ ...uploading, photo: File }),
  sendAnimation: Schema.Struct({ ...uploading, animation: File }),
  deleteMessage: Schema.Struct({ chat_id: ChatId, message_id: MessageId }),
  editMessageText: Schema.Struct({
    chat_id: ChatId,
    message_id: MessageId,
    reply_markup: Schema.optionalKey(Keyboard),
    ...Text
  }),
  answerCallbackQuery: Schema.Struct({
    callback_query_id: Schema.NonEmptyString,
    text: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200))),
    show_alert: Schema.optionalKey(Schema.Boolean),
    url: Schema.optionalKey(Schema.String),
    cache_time: Schema.optionalKey(Schema.Int)
  }),
  getWebhookInfo: Schema.Struct({}),
  sendChatAction: Schema.Struct({
    chat_id: ChatId,
    message_thread_id: Schema.optionalKey(Schema.Int),
    action: Schema.Literals(["typing", "upload_photo", "upload_document", "record_voice"])
  }),
  setMessageReaction: Schema.Struct({
    chat_id: ChatId,
    message_id: MessageId,
    reaction: Schema.optionalKey(Schema.Array(Reaction)),
    is_big: Schema.optionalKey(Schema.Boolean)
  }),
  setMyCommands: Schema.Struct({
    commands: Schema.Array(
      Schema.Struct({
        command: Schema.String.check(Schema.isPattern(/^[a-z0-9_]{1,32}$/)),
        description: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(256))
      })
    ).check(Schema.isMinLength(1), Schema.isMaxLength(100))
  }),
  deleteWebhook: Schema.Struct({ drop_pending_updates: Schema.optionalKey(Schema.Boolean) })
} as const

export type Method = keyof typeof parameters
export type Parameters<M extends Method> = (typeof parameters)[M]["Type"]

export const isMethod = (name: string): name is Method => Object.hasOwn(parameters, name)

const strict = { onExcessProperty: "error", errors: "all" } as const

/** `undefined` when the call does not fit. */
export const read = <M extends Method>(method: M, input: unknown): Parameters<M> | undefined =>
  Result.getOrUndefined(
    Schema.decodeUnknownResult(parameters[method] as Schema.Decoder<Parameters<M>>, strict)(input)
  )
