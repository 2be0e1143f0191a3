// SPDX-License-Identifier: MIT OR Apache-2.0
/** What Telegram takes as a document, a photo or an animation. */
import type { SentFile } from "./multipart.ts"

export type UploadMethod = "sendDocument" | "sendPhoto" | "sendAnimation"

interface Refused {
  readonly code: number
  readonly description: string
}

const bad = (what: string): Refused => ({ code: 400, description: `Bad Request: ${what}` })

/** Only the kinds that the tests make. */
const pictureSize = (bytes: Buffer): readonly [number, number] | undefined => {
  if (bytes.subarray(1, 4).toString() === "PNG")
    return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (bytes.subarray(0, 3).toString() === "GIF")
    return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)]
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  if (bytes.readUInt16BE(0) === 0xffd8 && frame > 0)
    return [bytes.readUInt16BE(frame + 7), bytes.readUInt16BE(frame + 5)]
  return undefined
}

export const uploadFault = (
  method: UploadMethod,
  { bytes, name }: SentFile,
  caption: string
): Refused | undefined => {
  if (name.length > 255 || /[\p{Cc}/]/u.test(name)) return bad("wrong file name")
  if (bytes.length === 0) return bad("file must be non-empty")
  if (bytes.length > 50 * 1024 * 1024) return { code: 413, description: "Request Entity Too Large" }
  if (caption.length > 1024) return bad("message caption is too long")
  const size = pictureSize(bytes)
  if (method === "sendAnimation" && !name.endsWith(".gif")) return bad("wrong type of the file")
  if (method !== "sendPhoto") return undefined
  if (bytes.length > 10 * 1024 * 1024)
    return bad("file is too big for a photo; the maximum size is 10 MB")
  if (size === undefined) return bad("IMAGE_PROCESS_FAILED")
  const [width, height] = size
  const isSane = width + height <= 10_000 && Math.max(width, height) <= 20 * Math.min(width, height)
  return isSane ? undefined : bad("PHOTO_INVALID_DIMENSIONS")
}
