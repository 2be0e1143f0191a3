// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads off a message what tells how hard it is: in time linear in its length, which is bounded. */
import { beginnings, fragments, type Kind, kinds } from "./words.ts"

/** So much of a message is looked at: its beginning, and its end, where the question often stands. */
const headLimit = 2500
const tailLimit = 1000

export interface Features {
  /** In characters, those of scripts without spaces counted threefold. */
  readonly length: number
  readonly words: number
  /** How many different words of each kind there are. */
  readonly hits: Readonly<Record<Kind, number>>
  readonly codeLines: number
  readonly hasFormula: boolean
  readonly isArithmetic: boolean
  /** How many, how old, how far. */
  readonly asksHowMuch: boolean
  /** A quotation, or a text after a colon. */
  readonly isGivenText: boolean
  /** Items of enumerations, and words like "then". */
  readonly parts: number
  readonly isQuestion: boolean
  readonly hasLink: boolean
  readonly hasLetters: boolean
}

const longest = 16
const whole = new Map<string, Set<Kind>>()
const begun = new Map<string, Set<Kind>>()
for (const kind of kinds) {
  for (const word of beginnings[kind].split(/\s+/)) {
    const [table, key] = word.startsWith("=") ? [whole, word.slice(1)] : [begun, word]
    table.set(key, (table.get(key) ?? new Set()).add(kind))
  }
}

const then = new Set(
  `then after afterwards finally first also dann danach anschließend zuletzt puis ensuite enfin
  luego después finalmente poi infine depois затем потом sonra ardından potem daarna ثم फिर`.split(
    /\s+/
  )
)

const excerpt = (text: string) =>
  text.length <= headLimit + tailLimit
    ? text
    : `${text.slice(0, headLimit)}\n${text.slice(-tailLimit)}`

const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu
const howMuch =
  /how (?:many|much|old|far|tall|big|do you spell)|wie (?:viel|alt|weit|hoch|groß|spät)|combien|cu[aá]nt[oa]|quant[oiae]|сколько|kaç|hoeveel|كم|कितन/
const anyWord = /[\p{L}\p{M}\p{N}'’-]+/gu
const fence = /```[^\n]*\n([\s\S]*?)(?:```|$)/g

const lookUp = (word: string, found: Record<Kind, Set<string>>) => {
  for (const kind of whole.get(word) ?? []) found[kind].add(word)
  for (let length = 2; length <= Math.min(word.length, longest); length++) {
    const beginning = word.slice(0, length)
    for (const kind of begun.get(beginning) ?? []) found[kind].add(beginning)
  }
}

export const featuresOf = (message: string): Features => {
  const text = excerpt(message).normalize("NFC")
  const code = [...text.matchAll(fence)].map((match) => match[1] ?? "")
  const prose = text.replaceAll(fence, "\n").toLowerCase().trim()
  const words = prose.match(anyWord) ?? []
  const found = Object.fromEntries(kinds.map((kind) => [kind, new Set<string>()])) as Record<
    Kind,
    Set<string>
  >
  for (const word of new Set(words)) {
    lookUp(word, found)
    // The Arabic "and" is written together with the word after it.
    if (word.startsWith("و")) lookUp(word.slice(1), found)
  }
  for (const kind of kinds)
    for (const fragment of fragments[kind]) if (prose.includes(fragment)) found[kind].add(fragment)
  const wide = prose.match(unspaced)?.length ?? 0
  return {
    length: prose.length + 2 * wide + Math.max(0, message.length - text.length),
    words: words.length + Math.floor(wide / 2),
    hits: Object.fromEntries(kinds.map((kind) => [kind, found[kind].size])) as Record<Kind, number>,
    codeLines: code.reduce((sum, block) => sum + block.trim().split("\n").length, 0),
    hasFormula: /[a-z]\s*\^\s*\d|sqrt|√|∑|∫|\b[a-z]\s*=\s*[\d(]/.test(prose),
    isArithmetic: /\d\s*(?:[%×*/+]|mal|times|percent|गुणा)/.test(prose) && words.length <= 12,
    asksHowMuch: howMuch.test(prose),
    isGivenText: /[:：]\s*\S[\s\S]{40}|["“„«「]/.test(prose),
    parts:
      (prose.match(/[,;:،、，；]/g)?.length ?? 0) + words.filter((word) => then.has(word)).length,
    isQuestion: /[?？؟]/.test(prose),
    hasLink: prose.includes("http://") || prose.includes("https://"),
    hasLetters: /\p{L}/u.test(prose)
  }
}
