// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files that people send, as far as they can be told of without being fetched. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { clean } from "./clean.ts"
import { lenient } from "./lenient.ts"

/** An animation comes with a document beside it, so it is looked for first. */
const kinds = {
  photo: "photo",
  voice: "voice message",
  audio: "audio file",
  video_note: "video message",
  animation: "animation",
  video: "video",
  document: "file",
  paid_media: "paid photo or video"
} as const

const Described = Schema.Struct({
  file_name: lenient(Schema.String),
  file_size: lenient(Schema.Int),
  duration: lenient(Schema.Int)
})
const decode = Schema.decodeUnknownOption(Described)

export interface SentFile {
  /** As in "voice message". */
  readonly kind: string
  /** Name, size and length, as far as Telegram tells them: "report.pdf, 118 kB"; may be empty. */
  readonly details: string
}

const sizeOf = (bytes: number) =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

const detailsOf = ({ duration, file_name, file_size }: typeof Described.Type): string =>
  [
    ...(file_name === undefined ? [] : [clean(file_name, 100)]),
    ...(file_size === undefined ? [] : [sizeOf(file_size)]),
    ...(duration === undefined ? [] : [`${duration} s`])
  ].join(", ")

/** As in "file (report.pdf, 118 kB)". */
export const spokenFile = ({ details, kind }: SentFile): string =>
  details === "" ? kind : `${kind} (${details})`

export const fileIn = (message: Readonly<Record<string, unknown>>): Option.Option<SentFile> => {
  const found = Object.entries(kinds).find(([field]) => message[field] !== undefined)
  if (found === undefined) return Option.none()
  const [field, kind] = found
  const details = Option.match(decode(message[field]), { onNone: () => "", onSome: detailsOf })
  return Option.some({ kind, details })
}
