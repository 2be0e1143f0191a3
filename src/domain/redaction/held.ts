// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Values that we hold ourselves, in all their spellings. Those that were released are known as they
 * are; those that nobody has used yet by keyed hashes only. A rolling hash of the first eight
 * characters says where to look, and of four characters in five places which of them to hash.
 */
import type { Finding } from "./finding.ts"
import { spellings } from "./spellings.ts"
import { utf16 } from "./units.ts"

export interface KeyedHash {
  /** Of a text's UTF-16 code units in little endian, under a key of this process. */
  readonly ofText: (text: string) => string
  readonly ofUnits: (units: Uint8Array) => string
  /** An odd number of 32 bits, drawn once. */
  readonly multiplier: number
}

interface Held {
  readonly name: string
  readonly length: number
  readonly prefix: number
  readonly slots: ReadonlyArray<number>
  /** Of one that is watched. */
  readonly hash: string | undefined
  /** Of one that was released. */
  readonly form: string | undefined
}

export interface HeldValues {
  readonly learn: (name: string, value: string) => void
  /** The value in UTF-8; not kept. */
  readonly watch: (name: string, value: Uint8Array) => void
  /** What was learnt stays. */
  readonly unwatch: (name: string) => void
  readonly find: (text: string) => ReadonlyArray<Finding>
  /** From where on the end of the text could be the beginning of one. */
  readonly openFrom: (text: string) => number
}

/** Shorter ones are too common to be taken out of everything. */
const window = 8
/** However a value lies, one of its first pieces begins where it is looked. */
const piece = 4
const step = window - piece + 1
const bitmapBits = 16

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-16le", { ignoreBOM: true })

/** In order, and one where several overlap. */
const apart = (found: ReadonlyArray<Finding>): ReadonlyArray<Finding> => {
  const kept: Array<Finding> = []
  for (const one of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (last === undefined || one.start >= last.end) kept.push(one)
    else if (one.end > last.end) kept.splice(-1, 1, { ...last, end: one.end })
  }
  return kept
}

export const makeHeldValues = ({ multiplier, ofText, ofUnits }: KeyedHash): HeldValues => {
  let held: ReadonlyArray<Held> = []
  const bitmap = new Uint8Array(1 << (bitmapBits - 3))
  const byPrefix = new Map<number, Array<Held>>()
  const mix = (hash: number, code: number) => (Math.imul(hash, multiplier) + code) | 0
  const hashOf = (text: string, at: number): number => {
    let hash = 0
    for (let index = at; index < at + window; index++) hash = mix(hash, text.charCodeAt(index))
    return hash
  }
  const hashOfUnits = (units: Uint8Array, at: number, length: number): number => {
    let hash = 0
    for (let index = 2 * at; index < 2 * (at + length); index += 2)
      hash = mix(hash, units[index]! | (units[index + 1]! << 8))
    return hash
  }
  const slotsOf = (units: Uint8Array): ReadonlyArray<number> =>
    Array.from({ length: step }, (_, at) => hashOfUnits(units, at, piece) >>> (32 - bitmapBits))
  const slotAt = (text: string, at: number): number =>
    mix(
      mix(mix(mix(0, text.charCodeAt(at)), text.charCodeAt(at + 1)), text.charCodeAt(at + 2)),
      text.charCodeAt(at + 3)
    ) >>>
    (32 - bitmapBits)
  const hold = (next: ReadonlyArray<Held>) => {
    held = next
    bitmap.fill(0)
    byPrefix.clear()
    for (const one of held) {
      for (const slot of one.slots) bitmap[slot >> 3]! |= 1 << (slot & 7)
      byPrefix.set(one.prefix, [...(byPrefix.get(one.prefix) ?? []), one])
    }
  }

  /** All spellings that are long enough, each handed over once as UTF-16 and then wiped. */
  const add = (name: string, value: Uint8Array, make: (units: Uint8Array) => Partial<Held>) => {
    const added: Array<Held> = []
    for (const form of spellings(value)) {
      const units = utf16(form)
      const length = units.length / 2
      if (length >= window) {
        const facts = { hash: undefined, form: undefined, ...make(units) }
        const prefix = hashOfUnits(units, 0, window)
        added.push({ name, length, prefix, slots: slotsOf(units), ...facts })
      }
      units.fill(0)
      form.fill(0)
    }
    hold([...held, ...added])
  }

  /** Calls back for each place where the first characters of a value stand. */
  const candidates = (text: string, visit: (at: number, one: Held) => void) => {
    if (held.length === 0) return
    for (let at = 0; at + piece <= text.length; at += step) {
      const slot = slotAt(text, at)
      if (((bitmap[slot >> 3]! >> (slot & 7)) & 1) === 0) continue
      const last = Math.min(at, text.length - window)
      for (let start = Math.max(0, at - step + 1); start <= last; start++)
        for (const one of byPrefix.get(hashOf(text, start)) ?? []) visit(start, one)
    }
  }

  const stands = (text: string, at: number, { form, hash, length }: Held) =>
    form === undefined
      ? at + length <= text.length && ofText(text.slice(at, at + length)) === hash
      : text.startsWith(form, at)

  return {
    learn: (name, value) => {
      const bytes = encoder.encode(value)
      const known = new Set(held.map(({ form }) => form))
      if (known.has(value)) return
      add(name, bytes, (units) => ({ form: decoder.decode(units) }))
    },
    watch: (name, value) => add(name, value, (units) => ({ hash: ofUnits(units) })),
    unwatch: (name) => hold(held.filter((one) => one.form !== undefined || one.name !== name)),
    find: (text) => {
      const found: Array<Finding> = []
      candidates(text, (at, one) => {
        if (stands(text, at, one)) found.push({ start: at, end: at + one.length, kind: one.name })
      })
      return found.length < 2 ? found : apart(found)
    },
    openFrom: (text) => {
      let open = held.length === 0 ? text.length : Math.max(0, text.length - window + 1)
      candidates(text, (at, { form, length }) => {
        if (at + length <= text.length || at >= open) return
        if (form === undefined || form.startsWith(text.slice(at))) open = at
      })
      return open
    }
  }
}
