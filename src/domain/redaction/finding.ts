// SPDX-License-Identifier: MIT OR Apache-2.0
/** A secret's place in a text, and what stands in its stead. */

export interface Finding {
  readonly start: number
  /** Where that begins by which it was known; `start` when left out. */
  readonly from?: number
  /** Behind its last character. */
  readonly end: number
  readonly kind: string
}

/** Looks at a text around a place where something could begin. Its work is bounded by what it finds. */
export type Rule = (
  text: string,
  at: number,
  /** No letter or digit stands before it, or only the end of another secret. */
  isFree: () => boolean
) => Finding | undefined

export interface Anchored {
  readonly anchors: ReadonlyArray<string>
  readonly rule: Rule
  /** All that the rule looks at from its anchor on, if a blank may stand in it. */
  readonly span?: RegExp
}

export const substitute = (kind: string): string => `[redacted:${kind}]`

/** What was put there by us, or by a person in the same manner, is nothing to take out. */
export const isSubstitute = (value: string): boolean => /^\[\w[\w:. -]{0,80}\]/.test(value)

const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** The longest that is looked at: a colour of a terminal. */
const longestEscape = 14
const escapeEnd =
  /(?:\\[nrtbfv0]|\\u[\da-f]{4}|\\u\{[\da-f]{1,6}\}|\\x[\da-f]{2}|%[\da-f]{2}|=[\dA-F]{2}|\[[\d;]{0,12}m)$/i

/** A letter that ends an escape, such as `\n` in a line of JSON, is no letter. */
const isEscape = (text: string, at: number): boolean => {
  const least = Math.max(0, at - longestEscape)
  for (let index = at - 1; index >= least; index--) {
    const code = text.charCodeAt(index)
    if (code === 92 || code === 37 || code === 61 || code === 91)
      return escapeEnd.test(text.slice(index, at))
    if (!isWordCode(code) && code !== 59 && code !== 123 && code !== 125) return false
  }
  return false
}

/** No letter or digit stands right before it. */
export const isAtStart = (text: string, at: number): boolean =>
  at === 0 || !isWordCode(text.charCodeAt(at - 1)) || isEscape(text, at)
