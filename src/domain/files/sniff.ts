// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a file is, told from its first bytes and never from its name or its sender. */

const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const
export type ImageType = (typeof imageTypes)[number]

export const isImageType = (type: string): type is ImageType =>
  imageTypes.some((one) => one === type)

/** How a type's bytes begin (`?` is any byte), and the ending of a name for it. */
const magics: ReadonlyArray<readonly [type: string, ending: string, magic: string]> = [
  ["image/png", "png", "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", "jpg", "\xff\xd8\xff"],
  ["image/gif", "gif", "GIF87a"],
  ["image/gif", "gif", "GIF89a"],
  ["image/webp", "webp", "RIFF????WEBP"],
  ["audio/wav", "wav", "RIFF????WAVE"],
  ["application/pdf", "pdf", "%PDF-"],
  ["audio/ogg", "ogg", "OggS"],
  ["audio/flac", "flac", "fLaC"],
  ["audio/mpeg", "mp3", "ID3\x02"],
  ["audio/mpeg", "mp3", "ID3\x03"],
  ["audio/mpeg", "mp3", "ID3\x04"],
  ["audio/mpeg", "mp3", "\xff\xfb"],
  ["audio/mpeg", "mp3", "\xff\xf3"],
  ["audio/mpeg", "mp3", "\xff\xf2"],
  ["audio/aac", "aac", "\xff\xf1"],
  ["audio/aac", "aac", "\xff\xf9"],
  ["audio/amr", "amr", "#!AMR"],
  ["audio/mp4", "m4a", "????ftypM4A"],
  ["image/heic", "heic", "????ftyphei"],
  ["image/heic", "heic", "????ftypmif1"],
  ["image/avif", "avif", "????ftypavif"],
  ["video/quicktime", "mov", "????ftypqt"],
  ["video/mp4", "mp4", "????ftyp"],
  ["video/webm", "webm", "\x1aE\xdf\xa3"],
  ["application/zip", "zip", "PK\x03\x04"],
  ["application/zip", "zip", "PK\x05\x06"],
  ["application/gzip", "gz", "\x1f\x8b"],
  ["application/x-7z-compressed", "7z", "7z\xbc\xaf\x27\x1c"]
]

const begins = (bytes: Uint8Array, magic: string): boolean => {
  if (bytes.length < magic.length) return false
  for (let index = 0; index < magic.length; index++) {
    const wanted = magic.charCodeAt(index)
    if (magic[index] !== "?" && bytes[index] !== wanted) return false
  }
  return true
}

/** Control signs that text does not hold; tab, line breaks, form feed and escape it may. */
// oxlint-disable-next-line no-control-regex
const notText = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/

/** UTF-16 tells itself by its first bytes, as Windows writes it; all else is read as UTF-8. */
const encodingOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le"
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8"
}

/** The text, when these bytes are UTF-8, or UTF-16 with its mark, and nothing but text. */
export const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
    return notText.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Cut off between two characters, as a piece of a longer text may be. */
const isTextPiece = (bytes: Uint8Array): boolean =>
  [0, 1, 2, 3].some((less) => textIn(bytes.subarray(0, bytes.length - less)) !== undefined)

export interface Sniffed {
  readonly mediaType: string
  /** Without the dot. */
  readonly ending: string
}

/** `head`: the file's beginning; `isWhole`: there is no more of it. */
export const sniff = (head: Uint8Array, isWhole: boolean): Sniffed => {
  const known = magics.find(([, , magic]) => begins(head, magic))
  if (known !== undefined) return { mediaType: known[0], ending: known[1] }
  const isText = isWhole ? textIn(head) !== undefined : isTextPiece(head)
  return isText
    ? { mediaType: "text/plain", ending: "txt" }
    : { mediaType: "application/octet-stream", ending: "bin" }
}
