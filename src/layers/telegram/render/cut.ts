// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where to cut text that is too long: between paragraphs, else lines, else words. */
import { cutAt, lengthOf, type Mark, markOf, type Run, textOf } from "./Run.ts"

interface Extent {
  readonly from: number
  readonly to: number
}

/**
 * What the first `most` characters touch and a cut must not divide: each link, and each code block
 * that would fit into a message of its own.
 */
const wholes = (
  runs: ReadonlyArray<Run>,
  most: number,
  fits: (runs: ReadonlyArray<Run>) => boolean
): ReadonlyArray<Extent> => {
  const touched = new Set<Mark>(
    cutAt(runs, most)[0].flatMap((run) => markOf(run, "link") ?? markOf(run, "pre") ?? [])
  )
  return [...touched].flatMap((mark) => {
    const first = runs.findIndex((run) => run.marks.includes(mark))
    const last = runs.findLastIndex((run) => run.marks.includes(mark))
    const inside = runs.slice(first, last + 1)
    if (!fits(inside)) return []
    const from = lengthOf(runs.slice(0, first))
    return [{ from, to: from + lengthOf(inside) }]
  })
}

/** The last end of a separator within the text's latter half; 0 when there is none. */
const endOfLast = (text: string, separator: RegExp, allowed: (position: number) => boolean) => {
  let best = 0
  for (const match of text.matchAll(separator)) {
    const end = match.index + match[0].length
    if (end >= text.length / 2 && allowed(end)) best = end
  }
  return best
}

const dividesPair = (text: string, position: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(position - 1, position + 1))

/** Between a sign and what modifies it: accents, variation selectors, joiners of emoji. */
const dividesSign = (text: string, position: number): boolean =>
  /^[\p{M}\p{Emoji_Modifier}\u200d]/u.test(text.slice(position, position + 2)) ||
  text[position - 1] === "\u200d"

/** A position of at most `most`, at least 1. */
const withinWord = (text: string, most: number): number => {
  for (let cut = most; cut > Math.max(1, most - 32); cut--) {
    if (!dividesPair(text, cut) && !dividesSign(text, cut)) return cut
  }
  return dividesPair(text, most) && most > 1 ? most - 1 : most
}

export const bestCut = (
  runs: ReadonlyArray<Run>,
  most: number,
  fits: (runs: ReadonlyArray<Run>) => boolean
): number => {
  const whole = wholes(runs, most, fits)
  const allowed = (position: number) =>
    !whole.some(({ from, to }) => position > from && position < to)
  const text = textOf(cutAt(runs, most + 2)[0])
  for (const separator of [/\n\n+/g, /\n/g, /[ \t]/g]) {
    const cut = endOfLast(text.slice(0, most), separator, allowed)
    if (cut > 0) return cut
  }
  const around = whole.find(({ from, to }) => most > from && most < to)
  return around !== undefined && around.from > 0 ? around.from : withinWord(text, most)
}
