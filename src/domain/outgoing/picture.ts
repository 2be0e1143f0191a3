// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a file is by its first bytes, as far as it decides how it is shown: pictures and their size. */

interface Size {
  readonly width: number
  readonly height: number
}
type Picture = Size & { readonly format: "png" | "jpeg" | "webp" | "gif" }

/** How a file is shown in a chat. */
export type Shown = "photo" | "animation" | "document"

const mostPhotoBytes = 10_000_000
/** Width and height together, and the longer of them by the shorter. */
const mostSides = 10_000
const mostRatio = 20

const startsWith = (bytes: Uint8Array, sign: string, at = 0): boolean =>
  bytes.length >= at + sign.length &&
  [...sign].every((char, i) => bytes[at + i] === char.charCodeAt(0))

/** The frame header of a JPEG, behind its other segments. */
const jpegSize = (view: DataView): Size | undefined => {
  let at = 2
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    // Fill bytes may stand before a marker; what has no length holds no frame.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return undefined
}

const webpSize = (bytes: Uint8Array, view: DataView): Size | undefined => {
  if (view.byteLength < 30) return undefined
  if (startsWith(bytes, "VP8 ", 12))
    return {
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff
    }
  if (startsWith(bytes, "VP8L", 12)) {
    const bits = view.getUint32(21, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return startsWith(bytes, "VP8X", 12)
    ? {
        width: (view.getUint32(24, true) & 0xff_ffff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1
      }
    : undefined
}

const pictureOf = (bytes: Uint8Array): Picture | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const as = (format: Picture["format"], size: Size | undefined) => size && { format, ...size }
  if (startsWith(bytes, "\u0089PNG\r\n\u001a\n") && bytes.length >= 24)
    return as("png", { width: view.getUint32(16), height: view.getUint32(20) })
  if (startsWith(bytes, "\u00ff\u00d8\u00ff")) return as("jpeg", jpegSize(view))
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8))
    return as("webp", webpSize(bytes, view))
  if (/^GIF8[79]a/.test(String.fromCharCode(...bytes.slice(0, 6))) && bytes.length >= 10)
    return as("gif", { width: view.getUint16(6, true), height: view.getUint16(8, true) })
  return undefined
}

/** A picture that chats would refuse or spoil is shown as a document. */
export const shownAs = (bytes: Uint8Array): Shown => {
  const picture = pictureOf(bytes)
  if (picture === undefined) return "document"
  const { format, height, width } = picture
  const short = Math.min(width, height)
  if (short === 0) return "document"
  if (format === "gif") return "animation"
  const isSane =
    bytes.length <= mostPhotoBytes &&
    width + height <= mostSides &&
    Math.max(width, height) / short <= mostRatio
  return isSane ? "photo" : "document"
}
