// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which files of a conversation still go along: as many as one request may hold. */
import { type FilePart, type Part, TextPart } from "../Message.ts"
import type { Entry } from "../Turn.ts"
import { mostImages, mostTogether } from "./limits.ts"

export interface Load {
  readonly bytes: number
  readonly images: number
}

const nothing: Load = { bytes: 0, images: 0 }

/** A file that goes along with its bytes. */
export const isShown = (part: Part): part is FilePart =>
  part._tag === "File" && part.problem === undefined

export const loadOf = (parts: ReadonlyArray<Part>, load = nothing): Load =>
  parts.reduce(
    (sum, part) =>
      isShown(part)
        ? {
            bytes: sum.bytes + part.size,
            images: sum.images + (part.mediaType.startsWith("image/") ? 1 : 0)
          }
        : sum,
    load
  )

export const isTooMuch = ({ bytes, images }: Load): boolean =>
  bytes > mostTogether || images > mostImages

const gone = TextPart.make({
  origin: "blufio",
  trusted: true,
  text: "[you are not shown this file any more: newer ones took its place]"
})

/**
 * When a turn's files do not fit any more, all files before that turn go at once: so what is sent
 * stays the same, byte for byte, until the next time.
 */
export const withinLimits = (entries: ReadonlyArray<Entry>): ReadonlyArray<Entry> => {
  let load = nothing
  let first = 0
  for (let index = 0; index < entries.length;) {
    const { turn } = entries[index]!
    const end = entries.findIndex((entry, at) => at > index && entry.turn !== turn)
    const next = end === -1 ? entries.length : end
    const parts = entries.slice(index, next).flatMap((entry) => entry.parts)
    const together = loadOf(parts, load)
    if (isTooMuch(together) && load.bytes > 0) {
      first = index
      load = loadOf(parts)
    } else load = together
    index = next
  }
  return first === 0
    ? entries
    : entries.map((entry, index) =>
        index < first && entry.parts.some(isShown)
          ? { ...entry, parts: entry.parts.map((part) => (isShown(part) ? gone : part)) }
          : entry
      )
}
