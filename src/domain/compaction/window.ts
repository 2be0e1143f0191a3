// SPDX-License-Identifier: MIT OR Apache-2.0
/** The history as the model is shown it: condensed ranges first, then what was said word for word. */
import type { Entry } from "../Turn.ts"
import type { Compaction } from "./Compaction.ts"

const holds = (outer: Compaction, inner: Compaction) =>
  outer.firstMessage <= inner.firstMessage && outer.lastMessage >= inner.lastMessage

/** Those that count: not inside a later one, and with something to say. Oldest range first. */
export const standing = (compactions: ReadonlyArray<Compaction>): ReadonlyArray<Compaction> => {
  const told = compactions.filter(({ message }) => message !== "")
  return told
    .filter((one) => !told.some((other) => other.id > one.id && holds(other, one)))
    .toSorted((a, b) => a.firstMessage - b.firstMessage)
}

type Shown = Pick<Entry, "role" | "parts" | "conditional" | "model"> & { readonly id: number }

const summary = ({ firstMessage, message }: Compaction): Shown => ({
  id: firstMessage,
  role: "user",
  conditional: [],
  model: "",
  parts: [{ _tag: "Text", origin: "blufio", trusted: true, text: message }]
})

/** Thinking that was made under another beginning of the conversation cannot be shown again. */
const withoutReasoning = <E extends Shown>(entry: E): E =>
  entry.parts.some((part) => part._tag === "Reasoning")
    ? { ...entry, parts: entry.parts.filter((part) => part._tag !== "Reasoning") }
    : entry

export interface Windowed<E extends Shown> {
  readonly summaries: ReadonlyArray<Shown>
  readonly entries: ReadonlyArray<E>
}

/** A pure function of what is stored: nothing moves until the next compaction. */
export const windowed = <E extends Shown>(
  history: ReadonlyArray<E>,
  compactions: ReadonlyArray<Compaction>
): Windowed<E> => {
  const ranges = standing(compactions)
  const last = ranges.reduce((most, range) => Math.max(most, range.lastMessage), 0)
  const newest = ranges.reduce((most, range) => Math.max(most, range.newestMessage), 0)
  return {
    summaries: ranges.map(summary),
    entries: history
      .filter(({ id }) => id > last)
      .map((entry) => (entry.id <= newest ? withoutReasoning(entry) : entry))
  }
}

export interface TurnSpan {
  readonly first: number
  readonly last: number
  readonly tokens: number
}

/** The history's turns, oldest first: a range of whole turns never splits a call from its result. */
export const turnSpans = (
  history: ReadonlyArray<Pick<Entry, "id" | "turn">>,
  tokensOf: (index: number) => number
): ReadonlyArray<TurnSpan> => {
  const spans: Array<TurnSpan & { readonly turn: string }> = []
  for (const [index, { id, turn }] of history.entries()) {
    const open = spans.at(-1)
    const tokens = tokensOf(index)
    if (open?.turn === turn)
      spans[spans.length - 1] = { ...open, last: id, tokens: open.tokens + tokens }
    else spans.push({ turn, first: id, last: id, tokens })
  }
  return spans
}

/** All but the newest turns that fit into `keep` tokens; the newest one always stays. */
export const oldest = (
  spans: ReadonlyArray<TurnSpan>,
  keep: number
): { readonly first: number; readonly last: number; readonly tokens: number } | undefined => {
  let kept = spans.at(-1)?.tokens ?? 0
  let index = spans.length - 1
  while (index > 0 && kept + spans[index - 1]!.tokens <= keep) {
    index--
    kept += spans[index]!.tokens
  }
  const range = spans.slice(0, Math.max(0, index))
  const [first] = range
  const last = range.at(-1)
  return first === undefined || last === undefined
    ? undefined
    : {
        first: first.first,
        last: last.last,
        tokens: range.reduce((sum, { tokens }) => sum + tokens, 0)
      }
}

/** Pieces in order, each as large as fits; one that alone is larger stands alone. */
export const chunks = <A>(
  items: ReadonlyArray<A>,
  limit: number,
  size: (item: A) => number
): ReadonlyArray<ReadonlyArray<A>> => {
  const made: Array<Array<A>> = []
  let room = 0
  for (const item of items) {
    const tokens = size(item)
    const open = made.at(-1)
    if (open === undefined || tokens > room) {
      made.push([item])
      room = limit - tokens
    } else {
      open.push(item)
      room -= tokens
    }
  }
  return made
}
