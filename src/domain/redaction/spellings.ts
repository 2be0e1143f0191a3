// SPDX-License-Identifier: MIT OR Apache-2.0
/** A value as JSON, URLs, forms and base64 spell it: as bytes, which can be wiped. */
import { wipeable, wipeableCopy } from "../wipeable.ts"

/** What one byte becomes: at most six others. */
type Spell = (byte: number, put: (byte: number) => void) => void

const longest = 6

const spelled = (bytes: Uint8Array, spell: Spell): Uint8Array => {
  const all = wipeable(longest * bytes.length)
  let used = 0
  for (const byte of bytes) spell(byte, (next) => (all[used++] = next))
  const exact = wipeableCopy(all.subarray(0, used))
  all.fill(0)
  return exact
}

const hex = (upper: boolean) => (digit: number) =>
  digit < 10 ? 48 + digit : (upper ? 55 : 87) + digit
const upperHex = hex(true)
const lowerHex = hex(false)

const backslash = 92
/** The letters of `\b`, `\t`, `\n`, `\f`, `\r`. */
const named: Readonly<Record<number, number>> = { 8: 98, 9: 116, 10: 110, 12: 102, 13: 114 }
const json: Spell = (byte, put) => {
  if (byte === 34 || byte === backslash) {
    put(backslash)
    put(byte)
  } else if (byte >= 32) put(byte)
  else {
    put(backslash)
    const letter = named[byte]
    if (letter !== undefined) return put(letter)
    for (const digit of [117, 48, 48, lowerHex(byte >> 4), lowerHex(byte & 15)]) put(digit)
  }
}

const isAlphanumeric = (byte: number) =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)

const percent =
  (plain: string, blank: number | undefined): Spell =>
  (byte, put) => {
    if (isAlphanumeric(byte) || plain.includes(String.fromCharCode(byte))) return put(byte)
    if (byte === 32 && blank !== undefined) return put(blank)
    put(37)
    put(upperHex(byte >> 4))
    put(upperHex(byte & 15))
  }
const url = percent("-_.!~*'()", undefined)
const strictUrl = percent("-_.~", undefined)
const form = percent("-_.*", 43)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const base64 = (bytes: Uint8Array, ends: string): Uint8Array => {
  // The last character depends on what follows.
  const length = Math.max(0, Math.ceil((8 * bytes.length) / 6) - 1)
  const signs = alphabet + ends
  const all = wipeable(length)
  for (let index = 0; index < length; index++) {
    const bit = 6 * index
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    all[index] = signs.charCodeAt((pair >> (10 - (bit & 7))) & 63)
  }
  return all
}

const trimmed = (bytes: Uint8Array): Uint8Array => {
  let start = 0
  let end = bytes.length
  while (start < end && bytes[start]! <= 32) start++
  while (end > start && bytes[end - 1]! <= 32) end--
  return bytes.subarray(start, end)
}

const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

/** Each once, the value itself first; without the blanks around it too. The caller wipes them all. */
export const spellings = (value: Uint8Array): ReadonlyArray<Uint8Array> => {
  const kept: Array<Uint8Array> = []
  const keep = (form: Uint8Array) => {
    if (kept.some((known) => isSame(known, form))) form.fill(0)
    else kept.push(form)
  }
  for (const plain of [value, trimmed(value)]) {
    keep(wipeableCopy(plain))
    const once = spelled(plain, json)
    const twice = spelled(once, json)
    keep(once)
    keep(twice)
    for (const spell of [url, strictUrl, form]) keep(spelled(plain, spell))
    for (const ends of ["+/", "-_"]) keep(base64(plain, ends))
  }
  return kept
}
