// SPDX-License-Identifier: MIT OR Apache-2.0
/** The smallest files that pass for pictures of a size: headers, and some bytes of what follows. */

const bytes = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part)
    )
  )

const two = (value: number) => [value >> 8, value & 0xff]
const four = (value: number) => [...two(value >>> 16), ...two(value & 0xffff)]
const littleTwo = (value: number) => two(value).toReversed()

export const png = (width: number, height: number) =>
  bytes("\u0089PNG\r\n\u001a\n", four(13), "IHDR", four(width), four(height), [8, 6, 0, 0, 0])

export const gif = (width: number, height: number) =>
  bytes("GIF89a", littleTwo(width), littleTwo(height), [0, 0, 0, 0x3b])

/** With a segment before the frame, as cameras put there. */
export const jpeg = (width: number, height: number) =>
  bytes(
    "\u00ff\u00d8\u00ff\u00e1",
    two(6),
    "Exif",
    "\u00ff\u00c0",
    two(11),
    [8],
    two(height),
    two(width),
    [1, 1, 0x11, 0]
  )

export const webp = (width: number, height: number) =>
  bytes(
    "RIFF",
    [22, 0, 0, 0],
    "WEBPVP8X",
    [10, 0, 0, 0, 0, 0, 0, 0],
    [...littleTwo(width - 1), 0],
    [...littleTwo(height - 1), 0]
  )
