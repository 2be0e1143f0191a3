// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a file may say to whoever opens it, however it is encoded and whatever else is in it. */

const decoded = (encoding: string, bytes: Uint8Array): string =>
  new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)

const hasMark = (bytes: Uint8Array, first: number, second: number) =>
  bytes[0] === first && bytes[1] === second

/**
 * The file as text, to be looked through one after the other. ASCII is found in all of them: bytes
 * that are no UTF-8 do not hide what stands beside them, nor do the zeros of UTF-16 and UTF-32.
 */
export const readingsOf = function* (bytes: Uint8Array): Generator<string> {
  const text = decoded("utf-8", bytes)
  if (!text.includes("\0")) {
    yield text
    return
  }
  yield text.replaceAll("\0", "\n")
  yield text.replaceAll("\0", "")
  if (hasMark(bytes, 0xff, 0xfe)) yield decoded("utf-16le", bytes)
  if (hasMark(bytes, 0xfe, 0xff)) yield decoded("utf-16be", bytes)
}
