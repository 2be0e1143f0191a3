// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files in words: for the model beside what it is shown, and for the person where it is not. */
import { literal } from "../literal.ts"
import type { Attachment, FileKind, FilePart, Part } from "../Message.ts"

export const kindNames: Readonly<Record<FileKind, string>> = {
  photo: "photo",
  voice: "voice message",
  audio: "audio file",
  video_note: "video message",
  animation: "animation",
  video: "video",
  document: "file"
}

/** As in "118 kB" or "3.7 MB". */
export const spokenSize = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.floor(bytes / 100_000) / 10} MB`

/** `size`: as it was found; left out: as the channel says. */
const described = ({ kind, name, seconds, sources }: Attachment, size = sources[0].size): string =>
  [
    [kindNames[kind], name].filter((word) => word !== "").join(" "),
    ...(size === undefined ? [] : [spokenSize(size)]),
    ...(seconds === undefined ? [] : [`${Math.round(seconds)} s`])
  ].join(", ")

/** Says what a picture or a document beside it is. */
export const shownNote = (
  attachment: Attachment,
  saved: { readonly path: string; readonly size: number },
  remark = ""
): string => `[${described(attachment, saved.size)}, saved as ${saved.path}${remark}]`

/** Stands for a file that is not shown. */
export const hiddenNote = (attachment: Attachment): string => {
  const where = attachment.path === undefined ? "" : `, saved as ${attachment.path}`
  return `[${described(attachment)}${where}, which you are not shown: ${attachment.problem ?? "it is not fetched yet"}]`
}

/** Stands for a file that was shown, or meant to be. */
export const refusedNote = ({ problem }: FilePart): string =>
  `[you are not shown this file: ${problem ?? "its bytes are lost"}]`

const nameOf = (part: Attachment | FilePart): string => {
  if (part.name !== "") return part.name
  if (part._tag === "Attachment") return kindNames[part.kind]
  return part.mediaType.startsWith("image/") ? "picture" : "file"
}

/** What the person is told of the files that were not shown, in Markdown; "" when all were. */
export const problemsOf = (parts: ReadonlyArray<Part>): string => {
  const named = new Map<string, Array<string>>()
  for (const part of parts) {
    if (part._tag !== "Attachment" && part._tag !== "File") continue
    if (part.problem === undefined) continue
    named.set(part.problem, [...(named.get(part.problem) ?? []), nameOf(part)])
  }
  return [...named]
    .map(([problem, names]) => `⚠️ ${literal([...new Set(names)].join(", "))}: ${problem}`)
    .join("\n")
}
