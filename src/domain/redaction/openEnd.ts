// SPDX-License-Identifier: MIT OR Apache-2.0
/** For text that comes in pieces: from where on its end could still become part of a secret. */
import { makeAnchors } from "./anchors.ts"
import { partial } from "./partial.ts"
import { all } from "./scan.ts"
import { longestBlock } from "./structures.ts"

/** No secret without a blank in it is longer. */
export const longestToken = 8192

const spans = makeAnchors<RegExp>(
  all.flatMap(({ anchors, span }) => (span === undefined ? [] : [{ anchors, rule: partial(span) }]))
)

const blockBegin = "-----BEGIN"
const partialHeader = /^-----BEGIN[A-Z0-9 ]{0,64}-{0,5}$/
const privateHeader = /^-----BEGIN [A-Z0-9 ]{0,50}PRIVATE KEY(?: BLOCK)?-----/
const privateEnd = /-----END [A-Z0-9 ]{0,50}PRIVATE KEY(?: BLOCK)?-----/
const puttyBegin = /Private-Lines:[^]*$/i

/** Blanks, and signs and letters of scripts that tokens are not made of. */
const isBreak = (code: number) => code === 32 || (code >= 9 && code <= 13) || code >= 0x2000

/** Whether text that goes on a token leaves all of it open. */
export const hasBreak = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (isBreak(text.charCodeAt(at))) return true
  return false
}

/** With the blank before it, which some beginnings need. */
const tokenStart = (text: string): number => {
  const least = Math.max(0, text.length - longestToken)
  let start = text.length
  while (start > least && !isBreak(text.charCodeAt(start - 1))) start--
  return Math.max(least, start - 1)
}

/** No secret with what shows it, and a blank in it, is longer; blocks of keys apart. */
const longestSpan = 4400

/** Where the first begins of which all that is there may be the beginning. */
const spanStart = (text: string): number => {
  const least = Math.max(0, text.length - longestSpan)
  const tail = text.slice(least)
  let open = tail.length
  spans.each(tail, (at, shape) => {
    if (at >= open) return
    shape.lastIndex = at
    if (shape.test(tail)) open = at
  })
  return least + open
}

const blockStart = (text: string): number => {
  const least = Math.max(0, text.length - longestBlock)
  const at = text.lastIndexOf(blockBegin)
  if (at >= least) {
    const rest = text.slice(at)
    const isOpen = privateHeader.test(rest) && !privateEnd.test(rest)
    if (isOpen || partialHeader.test(rest)) return at
  }
  const putty = puttyBegin.exec(text.slice(least))
  return putty === null || /Private-MAC:/i.test(putty[0]) ? text.length : least + putty.index
}

/** What stands before this index can be judged for good; what stands behind it must be held back. */
export const openEnd = (text: string): number =>
  Math.min(tokenStart(text), spanStart(text), blockStart(text))
