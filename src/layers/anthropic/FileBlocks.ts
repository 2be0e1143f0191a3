// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files of a prompt as content blocks of the Messages API; what it cannot look at becomes a note. */
import type {
  DocumentBlockParam,
  ImageBlockParam,
  TextBlockParam
} from "@anthropic-ai/sdk/resources/messages"
import type * as Prompt from "effect/ai/Prompt"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"

export type FileBlock = ImageBlockParam | DocumentBlockParam | TextBlockParam

const imageTypes = {
  "image/png": "image/png",
  "image/jpeg": "image/jpeg",
  "image/jpg": "image/jpeg",
  "image/gif": "image/gif",
  "image/webp": "image/webp"
} as const

const isImageType = (type: string): type is keyof typeof imageTypes =>
  Object.hasOwn(imageTypes, type)

const base64Of = (data: string | Uint8Array | URL): string => {
  if (data instanceof Uint8Array) return Base64.encode(data)
  const text = data instanceof URL ? data.href : data
  return text.startsWith("data:") ? text.slice(text.indexOf(",") + 1) : text
}

/** Stands in for a file that cannot be shown to the model. */
export const fileNote = (file: Prompt.FilePart): TextBlockParam => ({
  type: "text",
  text: `[file ${file.fileName ?? "without a name"} (${file.mediaType}): not shown]`
})

const documentOf = (
  source: DocumentBlockParam["source"],
  fileName: string | undefined
): DocumentBlockParam => ({
  type: "document",
  source,
  ...(fileName === undefined || fileName.trim() === "" ? undefined : { title: fileName })
})

export const fileBlock = (file: Prompt.FilePart): FileBlock => {
  if (file.data instanceof URL && file.data.protocol !== "data:") return fileNote(file)
  const data = base64Of(file.data)
  if (data === "") return fileNote(file)
  const type = file.mediaType.split(";")[0]!.trim().toLowerCase()
  if (isImageType(type)) {
    return { type: "image", source: { type: "base64", media_type: imageTypes[type], data } }
  }
  if (type === "application/pdf") {
    return documentOf({ type: "base64", media_type: type, data }, file.fileName)
  }
  if (type !== "text/plain") return fileNote(file)
  const text = Base64.decodeString(data)
  return Result.isSuccess(text) && text.success.trim() !== ""
    ? documentOf({ type: "text", media_type: type, data: text.success }, file.fileName)
    : fileNote(file)
}
