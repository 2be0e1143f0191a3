// SPDX-License-Identifier: MIT OR Apache-2.0
/** Values that were released, wherever they stand: as they are, and in the forms that programs give them. */

import { spellings } from "./spellings.ts"

/** Shorter ones are too common to be taken out of everything. */
export const shortestValue = 8

interface Known {
  readonly name: string
  readonly form: string
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

const formsOf = (value: string): ReadonlyArray<string> => {
  const forms = spellings(encoder.encode(value)).map((form) => decoder.decode(form))
  return [...new Set(forms)].filter((form) => form.length >= shortestValue)
}

export interface KnownValues {
  readonly learn: (name: string, value: string) => void
  readonly replace: (text: string, found: (name: string) => void) => string
  /** The length of the longest end of the text with which one of the values could begin. */
  readonly openLength: (text: string) => number
}

export const makeKnownValues = (): KnownValues => {
  const held: Array<Known> = []
  const openOf = (text: string, form: string): number => {
    const first = form[0]!
    const from = Math.max(0, text.length - form.length + 1)
    for (let at = text.indexOf(first, from); at >= 0; at = text.indexOf(first, at + 1))
      if (form.startsWith(text.slice(at))) return text.length - at
    return 0
  }
  return {
    learn: (name, value) => {
      for (const form of formsOf(value))
        if (!held.some((known) => known.form === form)) held.push({ name, form })
      // A value within another must not break the other up.
      held.sort((one, other) => other.form.length - one.form.length)
    },
    replace: (text, found) => {
      let clean = text
      for (const { form, name } of held) {
        if (!clean.includes(form)) continue
        found(name)
        clean = clean.replaceAll(form, `[${name}]`)
      }
      return clean
    },
    openLength: (text) => Math.max(0, ...held.map(({ form }) => openOf(text, form)))
  }
}
