// SPDX-License-Identifier: MIT OR Apache-2.0
/** Makes of a file in the workspace what a model can be shown, or says why it cannot. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import { imageSize } from "../../domain/files/imageSize.ts"
import { mostEdge, mostImage, mostPdf, mostText } from "../../domain/files/limits.ts"
import { pdfPages } from "../../domain/files/pdfPages.ts"
import { isImageType, textIn } from "../../domain/files/sniff.ts"
import { shownNote, spokenSize } from "../../domain/files/words.ts"
import { type Attachment, type FilePart, type Part, TextPart } from "../../domain/Message.ts"
import type { Redactor } from "../Redactor.ts"
import type { Saved, Workspace, WorkspaceFailed } from "../Workspace.ts"

export interface Made {
  /** They take the attachment's place. */
  readonly parts: ReadonlyArray<Part>
  /** What a `File` among them names. */
  readonly blob?: { readonly sha256: string; readonly bytes: Uint8Array }
  /** What the person is shown of it, in Markdown. */
  readonly said?: string
}

interface Means {
  readonly digest: Digest.Digest["Service"]
  readonly redactor: Redactor["Service"]
  readonly workspace: Workspace["Service"]
}

const shown = (
  attachment: Attachment,
  saved: Saved,
  file: Pick<FilePart, "sha256" | "size" | "mediaType" | "width" | "height" | "pages">,
  bytes: Uint8Array,
  remark = ""
): Made => ({
  parts: [
    TextPart.make({
      origin: attachment.trusted ? "blufio" : attachment.origin,
      trusted: attachment.trusted,
      text: shownNote(attachment, saved, remark)
    }),
    { _tag: "File", origin: "file", trusted: false, name: attachment.name, ...file }
  ],
  blob: { sha256: file.sha256, bytes }
})

export const hidden = (attachment: Attachment, saved: Saved, problem: string): Made => ({
  parts: [{ ...attachment, path: saved.path, problem }]
})

const picture = (attachment: Attachment, saved: Saved, bytes: Uint8Array): Made => {
  const { mediaType, sha256, size } = saved
  const found = isImageType(mediaType) ? imageSize(bytes, mediaType) : undefined
  if (found === undefined)
    return hidden(attachment, saved, "The picture is damaged. Send it again, or another one.")
  if (Math.max(found.width, found.height) > mostEdge)
    return hidden(
      attachment,
      saved,
      `It has ${found.width} × ${found.height} pixels, and a model is shown ${mostEdge} at most along an edge. Send it as a photo, or make it smaller.`
    )
  return shown(attachment, saved, { mediaType, sha256, size, ...found }, bytes)
}

/** A secret in it is taken out, as out of any text from outside. */
const document = Effect.fnUntraced(function* (
  { digest, redactor }: Means,
  attachment: Attachment,
  saved: Saved,
  bytes: Uint8Array
): Effect.fn.Return<Made> {
  const text = textIn(bytes)
  if (text === undefined || text.trim() === "")
    return hidden(attachment, saved, "There is no text in it.")
  const { kinds, text: clean } = redactor.inbound(text)
  const encoded = new TextEncoder().encode(clean)
  const sha256 = yield* digest.digestHex(Digest.sha256, encoded)
  const remark = kinds.length === 0 ? "" : `; secrets in it are left out (${kinds.join(", ")})`
  return shown(
    attachment,
    saved,
    { mediaType: "text/plain", sha256, size: encoded.length },
    encoded,
    remark
  )
})

export const showFile = Effect.fnUntraced(function* (
  means: Means,
  attachment: Attachment,
  saved: Saved
): Effect.fn.Return<Made, WorkspaceFailed> {
  const { workspace } = means
  const { mediaType, sha256, size } = saved
  const tooLarge = (most: number) =>
    hidden(
      attachment,
      saved,
      `It has ${spokenSize(size)}, and a model is shown ${spokenSize(most)} of this kind at most. Send a smaller one, or the part that matters.`
    )
  if (size === 0) return hidden(attachment, saved, "It is empty. Send it again.")
  if (isImageType(mediaType))
    return size > mostImage
      ? tooLarge(mostImage)
      : picture(attachment, saved, yield* workspace.read(saved))
  if (mediaType === "application/pdf") {
    if (size > mostPdf) return tooLarge(mostPdf)
    const bytes = yield* workspace.read(saved)
    return shown(attachment, saved, { mediaType, sha256, size, pages: pdfPages(bytes) }, bytes)
  }
  if (mediaType === "text/plain")
    return size > mostText
      ? tooLarge(mostText)
      : yield* document(means, attachment, saved, yield* workspace.read(saved))
  return hidden(
    attachment,
    saved,
    "I can look at pictures (PNG, JPEG, GIF, WebP), PDF and plain text in UTF-8 or UTF-16. Send it in one of these forms."
  )
})
