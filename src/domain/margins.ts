// SPDX-License-Identifier: MIT OR Apache-2.0
/** White space around a key comes from copying it, and no key of anybody's begins or ends with it. */
import { wipeableCopy } from "./wipeable.ts"

const newline = 10
const carriageReturn = 13
const isSpace = (byte: number | undefined) =>
  byte === 32 || (byte !== undefined && byte >= 9 && byte <= carriageReturn)

export interface Trimmed {
  /** A copy that can be wiped. */
  readonly value: Uint8Array
  /** More went than the one line break that editors and `echo` leave at the end. */
  readonly isCut: boolean
}

export const withoutMargins = (bytes: Uint8Array): Trimmed => {
  let start = 0
  let end = bytes.length
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  const rest = bytes.subarray(end)
  const isOneBreak =
    rest.length === 0 ||
    (rest.at(-1) === newline &&
      (rest.length === 1 || (rest.length === 2 && rest[0] === carriageReturn)))
  return { value: wipeableCopy(bytes.subarray(start, end)), isCut: start > 0 || !isOneBreak }
}
