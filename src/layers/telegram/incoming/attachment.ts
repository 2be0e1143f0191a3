// SPDX-License-Identifier: MIT OR Apache-2.0
/** A file in a message, as what may be fetched of it later. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mostImage, photoEdge } from "../../../domain/files/limits.ts"
import { type Attachment, AttachmentPart, type FileKind } from "../../../domain/Message.ts"
import { clean } from "./clean.ts"
import { lenient } from "./lenient.ts"

const Sent = Schema.Struct({
  file_id: Schema.NonEmptyString.check(Schema.isMaxLength(400)),
  file_unique_id: Schema.String.check(Schema.isMaxLength(100)),
  file_size: lenient(Schema.Int),
  file_name: lenient(Schema.String),
  mime_type: lenient(Schema.String),
  duration: lenient(Schema.Finite),
  width: lenient(Schema.Int),
  height: lenient(Schema.Int)
})
type Sent = typeof Sent.Type
const decode = Schema.decodeUnknownOption(Sent)
const decodeList = Schema.decodeUnknownOption(Schema.Array(Schema.Unknown))

/** An animation comes with a document beside it, so it is looked for first. */
const kinds: ReadonlyArray<Exclude<FileKind, "photo">> = [
  "voice",
  "audio",
  "video_note",
  "animation",
  "video",
  "document"
]

const sourceOf = ({ file_id, file_size, height, width }: Sent) => ({
  ref: file_id,
  ...(file_size !== undefined && { size: file_size }),
  ...(width !== undefined && { width }),
  ...(height !== undefined && { height })
})

const edge = ({ height = 0, width = 0 }: Sent) => Math.max(width, height)

const fits = (size: Sent) => edge(size) <= photoEdge && (size.file_size ?? 0) <= mostImage

/** The largest that a model is shown as it is comes first; where none is, the smallest alone. */
export const photoSizes = (sizes: ReadonlyArray<Sent>): ReadonlyArray<Sent> => {
  const sorted = sizes.toSorted((one, other) => edge(other) - edge(one))
  const fitting = sorted.filter(fits)
  return fitting.length > 0 ? fitting : sorted.slice(-1)
}

type Provenance = Pick<Attachment, "origin" | "trusted">

const attachment = (
  kind: FileKind,
  sizes: ReadonlyArray<Sent>,
  provenance: Provenance
): Option.Option<Attachment> => {
  const [first, ...others] = sizes
  if (first === undefined) return Option.none()
  return Option.some(
    AttachmentPart.make({
      ...provenance,
      kind,
      unique: first.file_unique_id,
      sources: [sourceOf(first), ...others.map(sourceOf)],
      mediaType: clean(first.mime_type ?? "", 100),
      name: clean(first.file_name ?? "", 100),
      ...(first.duration !== undefined && { seconds: first.duration })
    })
  )
}

/** `None` where there is no file, or none that Telegram says how to fetch. */
export const attachmentIn = (
  message: Readonly<Record<string, unknown>>,
  provenance: Provenance
): Option.Option<Attachment> => {
  const photo = Option.getOrUndefined(decodeList(message["photo"]))
  if (photo !== undefined) {
    const sizes = photo.flatMap((size) => Option.toArray(decode(size)))
    return attachment("photo", photoSizes(sizes), provenance)
  }
  const kind = kinds.find((field) => message[field] !== undefined)
  return kind === undefined
    ? Option.none()
    : Option.flatMap(decode(message[kind]), (sent) => attachment(kind, [sent], provenance))
}
