// SPDX-License-Identifier: MIT OR Apache-2.0
/** Cuts runs into messages that Telegram accepts, at the best place within the limit. */
import type { Text } from "../../../domain/outgoing/FileToSend.ts"
import { bestCut } from "./cut.ts"
import {
  cutAt,
  entitiesIn,
  lengthOf,
  type Mark,
  markOf,
  plainSuffix,
  readable,
  type Run,
  serialise,
  textOf
} from "./Run.ts"

/** In UTF-16 units. Telegram counts text without markup; we count the markup too, to be safe. */
const mostLength = 4096
/** Telegram drops the markup beyond that without a word, and with it the addresses of links. */
const mostEntities = 100

const nothing = "(empty)"

/** Something that Telegram does not take for an empty message. */
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/u

type Fits = (runs: ReadonlyArray<Run>) => boolean

/** The plain text then fits as well: a link's address takes less room there than its tags do here. */
const fitsInto =
  (limit: number): Fits =>
  (runs) =>
    lengthOf(runs) <= limit && entitiesIn(runs) <= mostEntities && serialise(runs).length <= limit

/** How much of the text fits into one message. */
const mostThatFits = (runs: ReadonlyArray<Run>, limit: number, fits: Fits): number => {
  let low = 1
  let high = Math.min(limit, lengthOf(runs))
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(cutAt(runs, middle)[0])) low = middle
    else high = middle - 1
  }
  return low
}

const leadingBreaks = (runs: ReadonlyArray<Run>): number => {
  const at = runs.findIndex((run) => /[^\n]/.test(run.text))
  const before = at === -1 ? runs : runs.slice(0, at)
  return lengthOf(before) + (/^\n*/.exec(runs[at]?.text ?? "")?.[0].length ?? 0)
}

const trimEnd = (runs: ReadonlyArray<Run>): ReadonlyArray<Run> =>
  cutAt(runs, textOf(runs).trimEnd().length)[0]

/** A link too long for any message becomes text, its address behind it. */
const withoutEndlessLinks = (runs: ReadonlyArray<Run>, fits: Fits): ReadonlyArray<Run> => {
  const links = new Map<Mark, Array<Run>>()
  for (const run of runs) {
    const link = markOf(run, "link")
    if (link === undefined) continue
    const inside = links.get(link)
    if (inside === undefined) links.set(link, [run])
    else inside.push(run)
  }
  const endless = new Map([...links].filter(([, inside]) => !fits(inside)))
  if (endless.size === 0) return runs
  return runs.flatMap((run) => {
    const link = markOf(run, "link")
    if (link?._tag !== "link" || !endless.has(link)) return [run]
    const marks = run.marks.filter((mark) => mark !== link)
    const bare = { text: run.text, marks }
    const inside = endless.get(link) ?? []
    return run === inside.at(-1)
      ? [bare, { text: plainSuffix(textOf(inside), link.href), marks }]
      : [bare]
  })
}

/** `limit`: of a message, in UTF-16 units with its markup; room for an empty pair of tags and a sign. */
export const split = (
  runs: ReadonlyArray<Run>,
  limit: number = mostLength
): readonly [Text, ...Array<Text>] => {
  const fits = fitsInto(limit)
  const pieces: Array<Text> = []
  let rest = withoutEndlessLinks(
    runs.filter((run) => run.text !== ""),
    fits
  )
  while (rest.length > 0) {
    rest = cutAt(rest, leadingBreaks(rest))[1]
    // What begins in this message and does not end within the next would not fit into one.
    const near = cutAt(rest, 2 * limit + 1)[0]
    const [piece, after] = fits(rest)
      ? [rest, []]
      : cutAt(rest, bestCut(near, mostThatFits(near, limit, fits), fits))
    const trimmed = trimEnd(piece)
    const plain = readable(trimmed)
    if (visible.test(plain)) pieces.push({ body: serialise(trimmed), plain })
    rest = after
  }
  const [first = { body: nothing, plain: nothing }, ...others] = pieces
  return [first, ...others]
}
