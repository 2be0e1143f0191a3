// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Values that nobody has used yet, known by keyed hashes only: a rolling hash of the first eight
 * characters says where to look, and a cryptographic one of the whole says whether it is.
 */
import type { Finding } from "./finding.ts"
import { shortestValue } from "./known.ts"

export interface KeyedHash {
  /** Of a text's UTF-16 code units in little endian, under a key of this process. */
  readonly ofText: (text: string) => string
  readonly ofUnits: (units: Uint8Array) => string
  /** An odd number of 32 bits, drawn once. */
  readonly multiplier: number
}

interface Watched {
  readonly name: string
  readonly length: number
  readonly prefix: number
  readonly hash: string
}

export interface WatchedValues {
  /** `units`: the value in UTF-16, little endian; not kept. */
  readonly watch: (name: string, units: Uint8Array) => void
  readonly unwatch: (name: string) => void
  readonly find: (text: string) => ReadonlyArray<Finding>
  /** From where on the end of the text could be the beginning of one. */
  readonly openFrom: (text: string) => number
}

const window = shortestValue
const bitmapBits = 16

export const makeWatchedValues = ({ multiplier, ofText, ofUnits }: KeyedHash): WatchedValues => {
  const held: Array<Watched> = []
  let bitmap = new Uint8Array(1 << (bitmapBits - 3))
  /** The multiplier to the power of the window: what leaves it is taken out by this. */
  let leaving = 1
  for (let count = 0; count < window; count++) leaving = Math.imul(leaving, multiplier)

  const prefixOf = (units: Uint8Array): number => {
    let hash = 0
    for (let index = 0; index < window; index++)
      hash = (Math.imul(hash, multiplier) + (units[2 * index]! | (units[2 * index + 1]! << 8))) | 0
    return hash
  }
  const slot = (hash: number) => hash >>> (32 - bitmapBits)
  const rebuild = () => {
    bitmap = new Uint8Array(bitmap.length)
    for (const { prefix } of held) bitmap[slot(prefix) >> 3]! |= 1 << (slot(prefix) & 7)
  }

  /** Calls back for each place where the first characters of a value stand. */
  const candidates = (text: string, visit: (at: number, watched: Watched) => void) => {
    if (held.length === 0) return
    let hash = 0
    for (let index = 0; index < text.length; index++) {
      hash = (Math.imul(hash, multiplier) + text.charCodeAt(index)) | 0
      if (index >= window) hash = (hash - Math.imul(leaving, text.charCodeAt(index - window))) | 0
      if (((bitmap[slot(hash) >> 3]! >> (slot(hash) & 7)) & 1) === 0 || index < window - 1) continue
      for (const watched of held) if (watched.prefix === hash) visit(index - window + 1, watched)
    }
  }

  return {
    watch: (name, units) => {
      const length = units.length / 2
      if (length < window) return
      held.push({ name, length, prefix: prefixOf(units), hash: ofUnits(units) })
      rebuild()
    },
    unwatch: (name) => {
      const left = held.filter((watched) => watched.name !== name)
      held.splice(0, held.length, ...left)
      rebuild()
    },
    find: (text) => {
      const found: Array<Finding> = []
      candidates(text, (at, { hash, length, name }) => {
        const end = at + length
        if (end > text.length || (found.at(-1)?.end ?? 0) > at) return
        if (ofText(text.slice(at, end)) === hash) found.push({ start: at, end, kind: name })
      })
      return found
    },
    openFrom: (text) => {
      let open = held.length === 0 ? text.length : Math.max(0, text.length - window + 1)
      candidates(text, (at, { length }) => {
        if (at + length > text.length) open = Math.min(open, at)
      })
      return open
    }
  }
}
