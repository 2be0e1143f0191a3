// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram's updates as far as we read them, and what each asks of us. Unknown kinds are no fault. */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Part, TextPart } from "../../domain/Message.ts"
import { isAddressed, type Me, withoutName } from "./incoming/addressed.ts"
import { attachmentIn } from "./incoming/attachment.ts"
import { describe } from "./incoming/describe.ts"
import { fileIn, type SentFile, spokenFile } from "./incoming/files.ts"
import { withLinks } from "./incoming/links.ts"
import { Author, forwardedFrom, nameOf } from "./incoming/people.ts"
import { referenceOf, referredFile } from "./incoming/reference.ts"

/** The envelope. What it holds is decoded one by one, so that one odd update spoils no batch. */
export const Update = Schema.Struct({
  update_id: Schema.Int,
  message: Schema.optionalKey(Schema.Unknown),
  /** A message that was sent before, as it is now. */
  edited_message: Schema.optionalKey(Schema.Unknown),
  /** The bot's own standing in a chat changed. */
  my_chat_member: Schema.optionalKey(Schema.Unknown),
  /** A pressed button. */
  callback_query: Schema.optionalKey(Schema.Unknown)
})
export type Update = typeof Update.Type

const Message = Schema.Struct({
  message_id: Schema.Int,
  from: Author,
  chat: Schema.Struct({ id: Schema.Int, type: Schema.String }),
  is_topic_message: Schema.optionalKey(Schema.Boolean),
  message_thread_id: Schema.optionalKey(Schema.Int),
  media_group_id: Schema.optionalKey(Schema.String),
  forward_origin: Schema.optionalKey(Schema.Unknown),
  via_bot: Schema.optionalKey(Schema.Unknown),
  text: Schema.optionalKey(Schema.String),
  caption: Schema.optionalKey(Schema.String)
})
type Message = typeof Message.Type
const decodeMessage = Schema.decodeUnknownOption(Message)
const decodeFields = Schema.decodeUnknownOption(Schema.Record(Schema.String, Schema.Unknown))

type Fields = Readonly<Record<string, unknown>>

export type Content =
  | { readonly _tag: "Said"; readonly parts: Arr.NonEmptyReadonlyArray<Part> }
  | { readonly _tag: "NotText"; readonly file: SentFile | undefined }

/** A chat and, within a forum, its topic. */
export interface Place {
  readonly chatId: string
  readonly topicId: number | undefined
}

export interface PersonMessage {
  readonly messageId: number
  readonly author: Author
  readonly place: Place
  /** Not in a group. */
  readonly isPrivate: boolean
  /** Shared by what was sent in one go. */
  readonly album: string | undefined
  readonly content: Content
}

/** Events that Telegram writes into a chat; nobody expects an answer to them. */
const isServiceField = (field: string): boolean =>
  /^(pinned_message|web_app_data|connected_website|passport_data|invoice|(unique_)?gift|giveaway.*|new_chat_.*|left_chat_.*|migrate_.*|suggested_post_.*|video_chat_.*|.*_payment|.*_(created|edited|closed|reopened|hidden|unhidden|changed|set|shared|allowed|done|added|deleted|triggered|sent|joined|left))$/.test(
    field
  )

const ours = (text: string): Part => TextPart.make({ origin: "blufio", trusted: true, text })
const typed = (text: string): Part => TextPart.make({ origin: "person", trusted: true, text })
const relayed = (text: string): Part => TextPart.make({ origin: "forward", trusted: false, text })

const fileNote = (file: SentFile) => `[With it came a ${spokenFile(file)}, which you are not shown]`

/** A kind that cannot be fetched is told of, where anything else is said. */
const contentOf = (message: Message, fields: Fields, words: string, me: Me): Content => {
  const isRelayed = message.forward_origin !== undefined || message.via_bot !== undefined
  const attachment = attachmentIn(
    fields,
    isRelayed ? { origin: "forward", trusted: false } : { origin: "person", trusted: true }
  )
  const file = Option.isSome(attachment) ? undefined : Option.getOrUndefined(fileIn(fields))
  const said = words.trim() === "" ? Option.getOrUndefined(describe(fields)) : words
  const came = Option.toArray(attachment)
  if (said === undefined && came.length === 0) return { _tag: "NotText", file }
  const note = file === undefined ? [] : [fileNote(file)]
  if (isRelayed) {
    const source =
      message.forward_origin === undefined
        ? "[Written by an inline bot]"
        : `[Forwarded from ${forwardedFrom(message.forward_origin)}]`
    const text = [source, ...note, ...(said === undefined ? [] : [said])].join("\n")
    return { _tag: "Said", parts: [relayed(text), ...came] }
  }
  const speaker = message.chat.type === "private" ? [] : [`[From ${nameOf(message.from)}]`]
  const people = { author: message.from.id, bot: me.id }
  const parts = [
    ...speaker.map(ours),
    ...Option.toArray(referenceOf(fields, people)),
    ...Option.toArray(referredFile(fields, people)),
    ...note.map(ours),
    ...came,
    ...(said === undefined ? [] : [typed(said)])
  ]
  return Arr.isReadonlyArrayNonEmpty(parts) ? { _tag: "Said", parts } : { _tag: "NotText", file }
}

const isGroup = ({ chat }: Message) => chat.type === "group" || chat.type === "supergroup"

export const messageIn = (update: Update): unknown => update.message ?? update.edited_message

export const isEdit = (update: Update): boolean =>
  update.message === undefined && update.edited_message !== undefined

/**
 * A message of a human that is meant for the bot; `None` for whatever else the update is. `isHeard`
 * tells of an album whether one of it was: only one bears the words that name the bot.
 */
export const personMessage = (
  update: Update,
  me: Me,
  isHeard: (album: string) => boolean = () => false
): Option.Option<PersonMessage> =>
  Option.all([decodeMessage(messageIn(update)), decodeFields(messageIn(update))]).pipe(
    Option.flatMap(([message, fields]) => {
      const isPrivate = message.chat.type === "private"
      const written = message.text ?? message.caption ?? ""
      const words = withLinks(written, fields["entities"] ?? fields["caption_entities"])
      if (message.from.is_bot || Object.keys(fields).some(isServiceField)) return Option.none()
      const { media_group_id } = message
      const album =
        media_group_id === undefined ? undefined : `${message.chat.id}:${media_group_id}`
      const isMeant =
        isAddressed(fields, written, me) ||
        (album !== undefined && written === "" && isHeard(album))
      if (!isPrivate && !(isGroup(message) && isMeant)) return Option.none()
      return Option.some({
        messageId: message.message_id,
        author: message.from,
        place: {
          chatId: String(message.chat.id),
          topicId: message.is_topic_message === true ? message.message_thread_id : undefined
        },
        isPrivate,
        album,
        content: contentOf(message, fields, isPrivate ? words : withoutName(words, me), me)
      })
    })
  )
