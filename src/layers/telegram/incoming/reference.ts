// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a message refers to: the one it replies to, or the words that were quoted from it. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Attachment, TextPart } from "../../../domain/Message.ts"
import { isShownTranscript } from "../../../domain/transcript.ts"
import { attachmentIn } from "./attachment.ts"
import { clean } from "./clean.ts"
import { describe } from "./describe.ts"
import { fileIn, spokenFile } from "./files.ts"
import { withLinks } from "./links.ts"
import { Author, forwardedFrom, nameOf } from "./people.ts"

/** In one line of ours; the bot's own words are in the conversation already. */
const mostInLine = 500
/** As long as a message may be. */
const mostQuoted = 4096

const Text = Schema.Struct({ text: Schema.String, entities: Schema.optionalKey(Schema.Unknown) })
const Caption = Schema.Struct({
  caption: Schema.String,
  caption_entities: Schema.optionalKey(Schema.Unknown)
})
const decodeText = Schema.decodeUnknownOption(Text)
const decodeCaption = Schema.decodeUnknownOption(Caption)
const decodeFrom = Schema.decodeUnknownOption(Schema.Struct({ from: Author }))
const decodeRecord = Schema.decodeUnknownOption(Schema.Record(Schema.String, Schema.Unknown))

type Fields = Readonly<Record<string, unknown>>

const textOf = ({ entities, text }: typeof Text.Type) => withLinks(text, entities)

const wordsOf = (message: Fields): string =>
  Option.getOrElse(Option.map(decodeText(message), textOf), () => {
    const file = Option.map(fileIn(message), (found) => `a ${spokenFile(found)}`)
    const words = Option.firstSomeOf([
      Option.map(decodeCaption(message), ({ caption, caption_entities }) =>
        withLinks(caption, caption_entities)
      ),
      describe(message)
    ])
    return [...Option.toArray(file), ...Option.toArray(words)].join(": ")
  })

/** A line of ours, or a line of ours above the words as they are: who may see them needs all of them. */
const about = (whose: string, words: string): string =>
  words.length <= mostInLine && !words.trim().includes("\n")
    ? `[In reply to ${whose}: ${clean(words, mostInLine)}]`
    : `[In reply to ${whose}, as follows]\n${[...words.toWellFormed()].slice(0, mostQuoted).join("")}`

/** Whoever sent it did not write it. */
const wasRelayed = (message: Fields): boolean =>
  message["forward_origin"] !== undefined || message["via_bot"] !== undefined

const ours = (text: string) => TextPart.make({ origin: "blufio", trusted: true, text })
const theirs = (text: string) => TextPart.make({ origin: "forward", trusted: false, text })

/**
 * A note for the model. What the bot or the author of the message wrote is trusted; what others did,
 * or what either had forwarded, is not. `None` when it refers to nothing that can be told.
 */
export const referenceOf = (
  message: Fields,
  people: { readonly author: number; readonly bot: number }
): Option.Option<typeof TextPart.Type> => {
  const quote = Option.map(decodeText(message["quote"]), textOf)
  const external = Option.getOrUndefined(decodeRecord(message["external_reply"]))
  if (external !== undefined) {
    const words = Option.getOrElse(quote, () => wordsOf(external))
    const whose = `what ${forwardedFrom(external["origin"])} wrote elsewhere`
    return Option.some(theirs(about(whose, words)))
  }
  const replied = Option.getOrUndefined(decodeRecord(message["reply_to_message"]))
  // Each message of a forum's topic "replies" to the one that opened it.
  if (replied === undefined || replied["forum_topic_created"] !== undefined) return Option.none()
  const words = Option.getOrElse(quote, () => wordsOf(replied))
  if (clean(words) === "") return Option.none()
  const from = Option.map(decodeFrom(replied), ({ from }) => from)
  const isRelayed = wasRelayed(replied)
  const id = Option.getOrUndefined(from)?.id
  if (!isRelayed && id === people.bot) {
    const note = `[In reply to your words: ${clean(words, mostInLine)}]`
    const isHeard = Option.exists(decodeText(replied), ({ text }) => isShownTranscript(text))
    return Option.some(isHeard ? theirs(note) : ours(note))
  }
  if (!isRelayed && id === people.author) return Option.some(ours(about("their own words", words)))
  const name = isRelayed
    ? forwardedFrom(replied["forward_origin"])
    : Option.match(from, { onNone: () => "", onSome: nameOf }) || "somebody"
  return Option.some(theirs(about(name, words)))
}

const asReferred = (file: Attachment): Attachment => ({ ...file, isReferred: true })

/** What is worth a look when somebody refers to it; a video is none that a model could be shown. */
const lookedAt = new Set(["photo", "document", "voice", "audio", "video_note"])

/**
 * The file of the message that this one replies to, for whoever asks about it without having sent
 * it. Of the bot's own files the pictures alone: it knows what it wrote.
 */
export const referredFile = (
  message: Fields,
  people: { readonly author: number; readonly bot: number }
): Option.Option<Attachment> => {
  const external = Option.getOrUndefined(decodeRecord(message["external_reply"]))
  const replied = external ?? Option.getOrUndefined(decodeRecord(message["reply_to_message"]))
  if (replied === undefined) return Option.none()
  const id = Option.getOrUndefined(decodeFrom(replied))?.from.id
  const isRelayed = external !== undefined || wasRelayed(replied)
  const isOurs = !isRelayed && id === people.bot
  const provenance =
    isOurs || (!isRelayed && id === people.author)
      ? ({ origin: "person", trusted: true } as const)
      : ({ origin: "forward", trusted: false } as const)
  return attachmentIn(replied, provenance).pipe(
    Option.filter(({ kind }) => (isOurs ? kind === "photo" : lookedAt.has(kind))),
    Option.map(asReferred)
  )
}
