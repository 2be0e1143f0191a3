// SPDX-License-Identifier: MIT OR Apache-2.0
/** For text that comes in pieces: from where on its end could still become part of a secret. */
import { longestBlock } from "./structures.ts"

/** No secret without a blank in it is longer. */
const longestToken = 8192
/** No name, sign and quoted value together are longer. */
const longestAssignment = 700

const word =
  /pass|pwd|secret|token|(?:api|access|account|private|auth|encryption|signing)[_-]?key|credential|sig(?==|$)/gi
const unfinishedAssignment =
  /^[\w-]{0,40}["'`]?[ \t]{0,3}(?:=>|:=|==?|:|is?(?![^\s]))?[ \t]{0,3}(?:(["'`])(?:(?!\1)[^\n]){0,512}|\S*)$/i

const lead = /authorization|bearer|basic|flyv1|[ \t\n]-u|--user/gi
const unfinishedLead = /^["']?[ \t]{0,3}[:=]?[ \t]{0,3}["']?(?:(?:bearer|basic)[ \t]{0,3})?\S*$/i

const blockBegin = "-----BEGIN"
const partialHeader = /^-----BEGIN[A-Z0-9 ]{0,64}-{0,5}$/
const privateHeader = /^-----BEGIN [A-Z0-9 ]{0,50}PRIVATE KEY(?: BLOCK)?-----/
const privateEnd = /-----END [A-Z0-9 ]{0,50}PRIVATE KEY(?: BLOCK)?-----/
const puttyBegin = /Private-Lines:[^]*$/i

const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13)

/** With the blank before it, which some beginnings need. */
const tokenStart = (text: string): number => {
  const least = Math.max(0, text.length - longestToken)
  let start = text.length
  while (start > least && !isBlank(text.charCodeAt(start - 1))) start--
  return Math.max(least, start - 1)
}

/** Where the first match begins whose rest, to the end of the text, is not finished. */
const unfinished = (text: string, from: number, begin: RegExp, rest: RegExp): number => {
  const tail = text.slice(from)
  for (const match of tail.matchAll(begin)) {
    if (rest.test(tail.slice(match.index + match[0].length))) return from + match.index
  }
  return text.length
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
export const openEnd = (text: string): number => {
  const near = Math.max(0, text.length - longestAssignment)
  return Math.min(
    tokenStart(text),
    unfinished(text, near, word, unfinishedAssignment),
    unfinished(text, near, lead, unfinishedLead),
    blockStart(text)
  )
}
