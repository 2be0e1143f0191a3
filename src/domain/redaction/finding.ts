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
  isFree: boolean
) => Finding | undefined

export const substitute = (kind: string): string => `[redacted:${kind}]`

/** What was put there by us, or by a person in the same manner, is nothing to take out. */
export const isSubstitute = (value: string): boolean => value.startsWith("[")

const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** No letter or digit stands right before it. */
export const isAtStart = (text: string, at: number): boolean =>
  at === 0 || !isWordCode(text.charCodeAt(at - 1))
