// SPDX-License-Identifier: MIT OR Apache-2.0
/** UTF-8 to UTF-16 by hand: every function of the platform would leave the text behind as a string. */
import { wipeable } from "../wipeable.ts"

/** What stands in the stead of a secret that has a name. */
export const substituteName = (name: string): string => `[${name}]`

const lengthOf = (first: number): number =>
  first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4

/** In little endian. Expects well-formed UTF-8; anything else gives units that match no text. */
export const utf16 = (bytes: Uint8Array): Uint8Array => {
  const all = wipeable(2 * bytes.length)
  let used = 0
  const put = (unit: number) => {
    all[used++] = unit & 0xff
    all[used++] = unit >> 8
  }
  for (let at = 0; at < bytes.length;) {
    const length = lengthOf(bytes[at]!)
    let code = length === 1 ? bytes[at]! : bytes[at]! & (0x7f >> length)
    for (let next = 1; next < length; next++) code = (code << 6) | ((bytes[at + next] ?? 0) & 0x3f)
    if (code >= 0x10000) {
      put(0xd800 + ((code - 0x10000) >> 10))
      put(0xdc00 + ((code - 0x10000) & 0x3ff))
    } else put(code)
    at += length
  }
  const units = wipeable(used)
  units.set(all.subarray(0, used))
  all.fill(0)
  return units
}
