// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a message that its author changed after it was sent. */
import { type Part, TextPart, textOf } from "../../domain/Message.ts"
import type { Lane, StoredMessage } from "../InboxStore.ts"

type Parts = ReadonlyArray<Part>

export type Edit =
  /** Nothing but a link's preview changed, or the like. */
  | { readonly _tag: "Nothing" }
  /** Nobody has read the old words yet: the row gets the new ones. */
  | { readonly _tag: "Rewrite"; readonly id: number; readonly parts: Parts }
  /** A message of its own; the row `instead` of which it stands is done. */
  | {
      readonly _tag: "Store"
      readonly lane: Lane
      readonly parts: Parts
      readonly instead: number | undefined
    }

const note = TextPart.make({
  origin: "blufio",
  trusted: true,
  text: "[edited: replaces what I wrote before]"
})

const nothingLeft = TextPart.make({
  origin: "blufio",
  trusted: true,
  text: "[there are no words with it any more]"
})

const isNote = (part: Part | undefined) => part?._tag === "Text" && part.text === note.text

/** Notes of ours may read differently the second time. */
const wordsOf = (parts: Parts) => textOf(parts.filter(({ origin }) => origin !== "blufio"))

/** What came with the message before need not come along once more. */
const withoutKnown = (parts: Parts, files: ReadonlyArray<string>) =>
  parts.filter((part) => part._tag !== "Attachment" || !files.includes(part.unique))

const isNew =
  (files: ReadonlyArray<string>) =>
  (part: Part): boolean =>
    part._tag === "Attachment" && part.isReferred !== true && !files.includes(part.unique)

/** `known`: what is stored of the message; `lane`: what its new words ask for. */
export const editOf = (known: StoredMessage | undefined, parts: Parts, lane: Lane): Edit => {
  // What we never had may be old: it is told to the model, and carries nothing out.
  if (known === undefined)
    return { _tag: "Store", lane: "turn", parts: [note, ...parts], instead: undefined }
  const hasNews = wordsOf(known.parts) !== wordsOf(parts) || parts.some(isNew(known.files))
  if (!hasNews) return { _tag: "Nothing" }
  const waits = known.state === "pending" && known.lane === "turn"
  if (lane === "control")
    return { _tag: "Store", lane, parts, instead: waits ? known.id : undefined }
  if (!waits) {
    const left = withoutKnown(parts, known.files)
    const changed = left.length === 0 ? [nothingLeft] : left
    return { _tag: "Store", lane, parts: [note, ...changed], instead: undefined }
  }
  const rewritten: Parts = isNote(known.parts[0]) ? [note, ...parts] : parts
  return { _tag: "Rewrite", id: known.id, parts: rewritten }
}
