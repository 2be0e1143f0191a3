// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads width and height off a picture's bytes, in the four forms that models are shown. */
import type { ImageType } from "./sniff.ts"

export interface Size {
  readonly width: number
  readonly height: number
}

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length))

/** Frames of a JPEG that tell its size; C4, C8 and CC are other things. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

const jpeg = (view: DataView): Size | undefined => {
  let at = 2
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    // Markers may be padded, and some stand alone.
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (isFrame(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    else at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

const webp = (view: DataView, bytes: Uint8Array): Size | undefined => {
  if (view.byteLength < 30) return undefined
  switch (ascii(bytes, 12, 4)) {
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff
      }
    case "VP8L": {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case "VP8X":
      return {
        width: (view.getUint32(24, true) & 0xff_ff_ff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1
      }
    default:
      return undefined
  }
}

/** `undefined` where the bytes do not say, or say nonsense. */
export const imageSize = (bytes: Uint8Array, type: ImageType): Size | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = (): Size | undefined => {
    switch (type) {
      case "image/png":
        return view.byteLength < 24 || ascii(bytes, 12, 4) !== "IHDR"
          ? undefined
          : { width: view.getUint32(16), height: view.getUint32(20) }
      case "image/gif":
        return view.byteLength < 10
          ? undefined
          : { width: view.getUint16(6, true), height: view.getUint16(8, true) }
      case "image/jpeg":
        return jpeg(view)
      case "image/webp":
        return webp(view, bytes)
    }
  }
  const size = read()
  return size === undefined || size.width === 0 || size.height === 0 ? undefined : size
}
