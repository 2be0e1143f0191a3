// SPDX-License-Identifier: MIT OR Apache-2.0
/** Of a pattern, the one that also matches every beginning of what it matches, at a text's end. */

/** Behind the bracket or the parenthesis that closes the one at `from`. */
const closed = (source: string, from: number): number => {
  let depth = 0
  let isClass = false
  for (let at = from; at < source.length; at++) {
    const one = source[at]
    if (one === "\\") at++
    else if (isClass) isClass = one !== "]"
    else if (one === "[") isClass = true
    else if (one === "(") depth++
    else if (one === ")") depth--
    if (depth === 0 && !isClass) return at + 1
  }
  return source.length
}

const escape = /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|k<\w+>|.)/iy
/** These look at what is there only: more text may yet prove them right or wrong. */
const asTheyAre = /\(\?(?:!|<!|<=)/y
const opening = /\((?:\?(?:[:=]|<\w+>))?/y
const signs = /[)|^$*+?]|\{\d+(?:,\d*)?\}/y

const lengthAt = (shape: RegExp, source: string, at: number): number => {
  shape.lastIndex = at
  return shape.exec(source)?.[0].length ?? 0
}

/** Sticky; matches from an anchor to the very end of the text, or not at all. */
export const partial = (shape: RegExp): RegExp => {
  const { source } = shape
  const parts: Array<string> = []
  for (let at = 0; at < source.length;) {
    let end = at
    if (lengthAt(asTheyAre, source, at) > 0) {
      end = closed(source, at)
      parts.push(source.slice(at, end))
    } else {
      end = at + (lengthAt(opening, source, at) || lengthAt(signs, source, at))
      if (end > at) parts.push(source.slice(at, end))
      else {
        end = source[at] === "[" ? closed(source, at) : at + (lengthAt(escape, source, at) || 1)
        parts.push(`(?:${source.slice(at, end)}|$)`)
      }
    }
    at = end
  }
  return new RegExp(`(?:${parts.join("")})$`, `${shape.flags.replace("y", "")}y`)
}
