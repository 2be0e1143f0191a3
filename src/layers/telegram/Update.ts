// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram's updates as far as we read them, and what each asks of us. Unknown kinds are no fault. */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Part, TextPart } from "../../domain/Message.ts"
import type { Piece } from "./incoming/continued.ts"
import { isAddressed, type Me, withoutName } from "./incoming/addressed.ts"
import { attachmentIn } from "./incoming/attachment.ts"
import { describe } from "./incoming/describe.ts"
import { fileIn, type SentFile, spokenFile } from "./incoming/files.ts"
import { lenient } from "./incoming/lenient.ts"
import { withLinks } from "./incoming/links.ts"
import { Author, forwardedFrom, speakerOf } from "./incoming/people.ts"
import { referenceOf, referredFile } from "./incoming/reference.ts"
import { unforged } from "./incoming/unforged.ts"

/** A positive number that the offset after it, one higher, can be stored of. */
const UpdateId = Schema.Int.check(
  Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER - 1 })
)

/** The envelope. What it holds is decoded one by one, so that one odd update spoils no batch. */
export const Update = Schema.Struct({
  update_id: UpdateId,
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
  date: lenient(Schema.Finite),
  from: Author,
  chat: Schema.Struct({ id: Schema.Int, type: Schema.String }),
  is_topic_message: lenient(Schema.Boolean),
  message_thread_id: lenient(Schema.Int),
  media_group_id: lenient(Schema.String),
  forward_origin: Schema.optionalKey(Schema.Unknown),
  via_bot: Schema.optionalKey(Schema.Unknown),
  text: lenient(Schema.String),
  caption: lenient(Schema.String)
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
  readonly piece: Piece
  readonly content: Content
}

/** Events that Telegram writes into a chat; nobody expects an answer to them. */
const isServiceField = (field: string): boolean =>
  /^(pinned_message|web_app_data|connected_website|passport_data|invoice|(unique_)?gift|giveaway.*|new_chat_.*|left_chat_.*|migrate_.*|suggested_post_(?!info).*|video_chat_.*|.*_payment|.*_(created|edited|closed|reopened|hidden|unhidden|changed|set|shared|allowed|done|added|deleted|triggered|sent|joined|left))$/.test(
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
  const people = { author: message.from.id, bot: me.id }
  const reference = isRelayed ? Option.none() : referenceOf(fields, people)
  if (said === undefined && came.length === 0 && Option.isNone(reference))
    return { _tag: "NotText", file }
  const note = file === undefined ? [] : [fileNote(file)]
  const isPrivate = message.chat.type === "private"
  const speaker = isPrivate ? [] : [ours(`[From ${speakerOf(message.from)}]`)]
  const source =
    message.forward_origin === undefined
      ? "[Written by an inline bot]"
      : `[Forwarded from ${forwardedFrom(message.forward_origin)}]`
  const passedOn = [source, ...note, ...(said === undefined ? [] : [said])].join("\n")
  const parts = isRelayed
    ? [...speaker, relayed(passedOn), ...came]
    : [
        ...speaker,
        ...Option.toArray(reference),
        ...Option.toArray(referredFile(fields, people)),
        ...note.map(ours),
        ...came,
        ...(said === undefined ? [] : [typed(isPrivate ? said : unforged(said))])
      ]
  return Arr.isReadonlyArrayNonEmpty(parts) ? { _tag: "Said", parts } : { _tag: "NotText", file }
}

const pieceOf = (message: Message, words: string): Piece => {
  const { chat, date = 0, from, media_group_id, message_thread_id = "" } = message
  return {
    album: media_group_id === undefined ? undefined : `${chat.id}:${media_group_id}`,
    author: `${chat.id}:${message_thread_id}:${from.id}`,
    sentAt: date * 1000,
    length: words.length
  }
}

const isGroup = ({ chat }: Message) => chat.type === "group" || chat.type === "supergroup"

export const messageIn = (update: Update): unknown => update.message ?? update.edited_message

export const isEdit = (update: Update): boolean =>
  update.message === undefined && update.edited_message !== undefined

/**
 * A message of a human that is meant for the bot; `None` for whatever else the update is. `isPart`
 * tells whether it belongs to one that was: only one bears the words that name the bot.
 */
export const personMessage = (
  update: Update,
  me: Me,
  isPart: (piece: Piece) => boolean = () => false
): Option.Option<PersonMessage> =>
  Option.all([decodeMessage(messageIn(update)), decodeFields(messageIn(update))]).pipe(
    Option.flatMap(([message, fields]) => {
      const isPrivate = message.chat.type === "private"
      const written = message.text ?? message.caption ?? ""
      const words = withLinks(written, fields["entities"] ?? fields["caption_entities"])
      const isService =
        message.forward_origin === undefined && Object.keys(fields).some(isServiceField)
      if (message.from.is_bot || isService) return Option.none()
      const piece = pieceOf(message, written)
      const isMeant = isAddressed(fields, written, me) || isPart(piece)
      if (!isPrivate && !(isGroup(message) && isMeant)) return Option.none()
      const unnamed = isPrivate ? words : withoutName(words, me)
      return Option.some({
        messageId: message.message_id,
        author: message.from,
        place: {
          chatId: String(message.chat.id),
          topicId: message.is_topic_message === true ? message.message_thread_id : undefined
        },
        isPrivate,
        piece,
        // The name alone calls the bot.
        content: contentOf(message, fields, unnamed.trim() === "" ? words : unnamed, me)
      })
    })
  )
