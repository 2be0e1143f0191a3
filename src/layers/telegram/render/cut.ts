// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where to cut text that is too long: between paragraphs, else lines, else words. */
import { cutAt, type Mark, markOf, type Run, textOf } from "./Run.ts"

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
  const touched = new Map<Mark, Extent & { readonly first: number; readonly last: number }>()
  let from = 0
  for (const [at, run] of runs.entries()) {
    const to = from + run.text.length
    const mark = markOf(run, "link") ?? markOf(run, "pre")
    const begun = mark && touched.get(mark)
    if (mark && begun) touched.set(mark, { ...begun, to, last: at })
    else if (mark && from < most) touched.set(mark, { from, to, first: at, last: at })
    from = to
  }
  return [...touched.values()].filter(({ first, last }) => fits(runs.slice(first, last + 1)))
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
