// SPDX-License-Identifier: MIT OR Apache-2.0
/** What stands in the prompt in place of a condensed range: what must not be lost word for word, then prose. */
import type { Entry } from "../Turn.ts"
import { clip, textEstimate } from "../promptEstimate.ts"
import type { Dropped } from "../context/StepContext.ts"
import type { Note, NoteKind } from "./Compaction.ts"
import { isNamed, typed } from "./notes.ts"

const titles: Readonly<Record<NoteKind, string>> = {
  rule: "Standing rules, word for word",
  task: "Open tasks, word for word",
  decision: "Decisions, word for word",
  name: "Names, word for word",
  fact: "Facts, word for word"
}

const order: ReadonlyArray<NoteKind> = ["rule", "task", "decision", "name", "fact"]
/** What goes first when there is too much. */
const firstToGo: ReadonlyArray<NoteKind> = ["fact", "name", "decision"]

const flat = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim()

interface Kept<A> {
  readonly kept: ReadonlyArray<A>
  readonly dropped: ReadonlyArray<Dropped>
}

const size = (note: Note) => textEstimate(note.text) + 3
const sizeOf = (notes: ReadonlyArray<Note>) => notes.reduce((sum, note) => sum + size(note), 0)

/** Leaves out candidates, the newest first, until the rest fits. */
const fitted = (
  notes: ReadonlyArray<Note>,
  candidates: ReadonlyArray<Note>,
  tokens: number
): Kept<Note> => {
  let total = sizeOf(notes)
  const gone = new Map<Note, Dropped>()
  for (const note of candidates) {
    if (total <= tokens) break
    total -= size(note)
    gone.set(note, {
      what: note.kind,
      why: "too much to keep word for word in a condensed range",
      tokens: Math.ceil(size(note))
    })
  }
  return { kept: notes.filter((note) => !gone.has(note)), dropped: [...gone.values()] }
}

/**
 * Rules and tasks have room of their own, and what the person named as one is never left out;
 * facts, names and decisions share what there is beside them.
 */
const fitNotes = (notes: ReadonlyArray<Note>, share: Share): Kept<Note> => {
  const isFirm = ({ kind }: Note) => kind === "rule" || kind === "task"
  const firm = notes.filter(isFirm)
  const unnamed = firm.filter((note) => !isNamed(note.text)).toReversed()
  const others = notes.filter((note) => !isFirm(note))
  const candidates = firstToGo.flatMap((kind) =>
    others.filter((note) => note.kind === kind).toReversed()
  )
  const kept = [fitted(firm, unnamed, share.firm), fitted(others, candidates, share.notes)]
  return {
    kept: kept.flatMap((part) => part.kept),
    dropped: kept.flatMap((part) => part.dropped)
  }
}

/** A person's message up to this length may be kept as it is, in characters. */
const shortMessage = 240

/** The person's short messages: from both ends of the range, as many as fit. */
const fitMessages = (
  texts: ReadonlyArray<string>,
  tokens: number
): { readonly head: ReadonlyArray<string>; readonly tail: ReadonlyArray<string> } => {
  const head: Array<string> = []
  const tail: Array<string> = []
  let [first, last] = [0, texts.length - 1]
  let left = tokens
  while (first <= last) {
    const fromHead = head.length <= tail.length
    const text = texts[fromHead ? first++ : last--]!
    left -= textEstimate(text) + 3
    if (left < 0) break
    if (fromHead) head.push(text)
    else tail.unshift(text)
  }
  return { head, tail }
}

const list = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [`${title}:\n${lines.map((line) => `- ${line}`).join("\n")}`]

/** Text that a model made of text from anywhere: no more to be trusted than that. */
const labelled = (text: string): string =>
  `<untrusted origin="model">\n${text.replaceAll(/<(?=\s*\/?\s*untrusted)/gi, "&lt;")}\n</untrusted>`

export interface Share {
  readonly firm: number
  readonly notes: number
  readonly prose: number
  readonly messages: number
}

/** Of a window of so many tokens, what one condensed range may take. */
export const shareOf = (window: number): Share => ({
  firm: Math.floor(window * 0.25),
  notes: Math.floor(window * 0.05),
  prose: Math.min(4000, Math.max(120, Math.floor(window * 0.03))),
  messages: Math.min(2000, Math.floor(window * 0.02))
})

export const renderRange = (options: {
  readonly notes: ReadonlyArray<Note>
  readonly entries: ReadonlyArray<Pick<Entry, "role" | "parts">>
  /** What the model made of the range; `undefined` when it could not be had. */
  readonly prose: string | undefined
  readonly share: Share
}): { readonly message: string; readonly dropped: ReadonlyArray<Dropped> } => {
  const { kept, dropped } = fitNotes(options.notes, options.share)
  const standing = new Set(kept.map(({ text }) => flat(text)))
  const short = options.entries
    .flatMap(typed)
    .map(flat)
    .filter((text) => text !== "" && text.length <= shortMessage && !standing.has(text))
  const { head, tail } = fitMessages([...new Set(short)], options.share.messages)
  const prose = options.prose && clip(options.prose.trim(), options.share.prose)
  const sections = [
    options.prose === undefined
      ? "The oldest part of this conversation is left out here: it could not be condensed. The originals are kept."
      : "The oldest part of this conversation, condensed. The originals are kept.",
    ...order.flatMap((kind) =>
      list(
        titles[kind],
        kept.filter((note) => note.kind === kind).map(({ text }) => flat(text))
      )
    ),
    ...(prose ? [`What happened, in short:\n${labelled(prose)}`] : []),
    ...list("Some of what the person wrote, word for word", [...head, ...tail])
  ]
  return { message: `[${sections.join("\n\n")}]`, dropped }
}
