// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram's updates as far as we read them, and what each asks of us. Unknown kinds are no fault. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { redact } from "../../domain/redaction/scan.ts"

/** The envelope. What it holds is decoded one by one, so that one odd update spoils no batch. */
export const Update = Schema.Struct({
  update_id: Schema.Int,
  message: Schema.optionalKey(Schema.Unknown)
})
export type Update = typeof Update.Type

const Author = Schema.Struct({
  id: Schema.Int,
  is_bot: Schema.Boolean,
  first_name: Schema.String,
  last_name: Schema.optionalKey(Schema.String),
  username: Schema.optionalKey(Schema.String)
})
export type Author = typeof Author.Type

const Message = Schema.Struct({
  message_id: Schema.Int,
  from: Author,
  chat: Schema.Struct({ id: Schema.Int, type: Schema.String }),
  is_topic_message: Schema.optionalKey(Schema.Boolean),
  message_thread_id: Schema.optionalKey(Schema.Int),
  media_group_id: Schema.optionalKey(Schema.String),
  forward_origin: Schema.optionalKey(Schema.Unknown),
  via_bot: Schema.optionalKey(Schema.Unknown),
  text: Schema.optionalKey(Schema.String)
})
type Message = typeof Message.Type
const decodeMessage = Schema.decodeUnknownOption(Message)

export type Content =
  /** `isRelayed`: the words are not the author's, but forwarded or written by an inline bot. */
  | { readonly _tag: "Text"; readonly text: string; readonly isRelayed: boolean }
  /** `album` is shared by what was sent in one go. */
  | { readonly _tag: "NotText"; readonly kind: string; readonly album: string | undefined }

/** A chat and, within a forum, its topic. */
export interface Place {
  readonly chatId: string
  readonly topicId: number | undefined
}

export interface PrivateMessage {
  readonly messageId: number
  readonly author: Author
  readonly place: Place
  readonly content: Content
}

/** What people send that is not text, by the field it comes in. */
const kinds = {
  photo: "photos",
  voice: "voice messages",
  audio: "audio files",
  video: "videos",
  video_note: "video messages",
  animation: "animations",
  document: "files",
  sticker: "stickers",
  location: "locations",
  venue: "locations",
  contact: "contacts",
  poll: "polls",
  checklist: "checklists",
  dice: "dice",
  game: "games",
  story: "stories",
  paid_media: "paid media"
} as const

/** Events that Telegram writes into a chat; nobody expects an answer to them. */
const isServiceField = (field: string): boolean =>
  /^(pinned_message|web_app_data|connected_website|passport_data|invoice|(unique_)?gift|giveaway.*|new_chat_.*|left_chat_.*|migrate_.*|suggested_post_.*|video_chat_.*|.*_payment|.*_(created|edited|closed|reopened|hidden|unhidden|changed|set|shared|allowed|done|added|deleted|triggered|sent|joined|left))$/.test(
    field
  )

const contentOf = (message: Message, fields: ReadonlyArray<string>): Content => {
  if (message.text !== undefined && message.text !== "") {
    const isRelayed = message.forward_origin !== undefined || message.via_bot !== undefined
    return { _tag: "Text", text: message.text, isRelayed }
  }
  const kind = Object.entries(kinds).find(([field]) => fields.includes(field))?.[1]
  return { _tag: "NotText", kind: kind ?? "messages of this kind", album: message.media_group_id }
}

/** A message that a human sent us in a private chat; `None` for whatever else the update is. */
export const privateMessage = (update: Update): Option.Option<PrivateMessage> =>
  decodeMessage(update.message).pipe(
    Option.filter((message) => message.chat.type === "private" && !message.from.is_bot),
    Option.flatMap((message) => {
      const fields = Object.keys(update.message ?? {})
      if (fields.some(isServiceField)) return Option.none()
      return Option.some({
        messageId: message.message_id,
        author: message.from,
        place: {
          chatId: String(message.chat.id),
          topicId: message.is_topic_message === true ? message.message_thread_id : undefined
        },
        content: contentOf(message, fields)
      })
    })
  )

/** How the author is shown to the owner who decides about a pairing code. */
export const displayName = (author: Author): string => {
  const name = [author.first_name, author.last_name].filter(Boolean).join(" ").slice(0, 100)
  const shown = author.username === undefined ? name : `${name} (@${author.username})`.trim()
  return redact(shown)
}
