// SPDX-License-Identifier: MIT OR Apache-2.0
/** Small files of each kind, made here. */
import { crc32, deflateSync } from "node:zlib"

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A real picture in one colour; `padding` bytes more in a chunk that viewers pass over. */
export const png = (width: number, height: number, padding = 0, shade = 128): Uint8Array => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const row = Buffer.alloc(width + 1, shade)
  row[0] = 0
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(padding === 0 ? [] : [chunk("paDd", Buffer.alloc(padding))]),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0))
  ])
}

/** Enough of each to be known by: what follows the header is left out. */
export const jpeg = (width: number, height: number): Uint8Array => {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 18]), Buffer.alloc(16, 0xff)])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), exif, frame, Buffer.from([0xff, 0xd9])])
}

export const gif = (width: number, height: number): Uint8Array => {
  const header = Buffer.from("GIF89a\0\0\0\0\0\0\0", "latin1")
  header.writeUInt16LE(width, 6)
  header.writeUInt16LE(height, 8)
  return Buffer.concat([header, Buffer.from(";")])
}

const riff = (kind: string, data: Buffer): Uint8Array => {
  const head = Buffer.from(`RIFF....WEBP${kind}....`, "latin1")
  head.writeUInt32LE(data.length + 12, 4)
  head.writeUInt32LE(data.length, 16)
  return Buffer.concat([head, data])
}

export const webp = (width: number, height: number, form: "VP8 " | "VP8L" | "VP8X") => {
  const data = Buffer.alloc(16)
  if (form === "VP8X") {
    data.writeUIntLE(width - 1, 4, 3)
    data.writeUIntLE(height - 1, 7, 3)
  } else if (form === "VP8L") {
    data[0] = 0x2f
    data.writeUInt32LE((width - 1) | ((height - 1) << 14), 1)
  } else {
    data.set([0, 0, 0, 0x9d, 0x01, 0x2a])
    data.writeUInt16LE(width, 6)
    data.writeUInt16LE(height, 8)
  }
  return riff(form, data)
}

/** `words` make it another file. */
export const pdf = (words: string): Uint8Array =>
  Buffer.from(`%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\n% ${words}\n%%EOF\n`)
