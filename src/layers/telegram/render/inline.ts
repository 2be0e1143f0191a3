// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown within a paragraph to runs. No word is lost: what has no markup in Telegram stays text. */
import type { MarkedToken, Token } from "marked"
import { type Mark, plainSuffix, type Run, withMark } from "./Run.ts"

type Marks = ReadonlyArray<Mark>

const namedReferences: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0"
}

/** Resolves the references that models write; any other stays as it is. */
const unescape = (text: string): string =>
  text.replaceAll(/&(?:([a-z]{2,4})|#(\d{2,6}));/g, (whole, name?: string, digits?: string) => {
    if (name !== undefined) return namedReferences[name] ?? whole
    const code = Number(digits)
    const isCharacter = code >= 0x20 && code <= 0x10_ffff && !(code >= 0x7f && code < 0xa0)
    const isSurrogate = code >= 0xd800 && code < 0xe000
    return isCharacter && !isSurrogate ? String.fromCodePoint(code) : whole
  })

/** Addresses that Telegram makes into links; it silently ignores others. Long ones are left as text. */
const isLinkable = (href: string): boolean =>
  /^(https?|tg|mailto|tel):[^\s]+$/i.test(href) && href.length <= 2000

const tagMarks: ReadonlyMap<string, Mark> = new Map([
  ["u", { _tag: "underline" }],
  ["ins", { _tag: "underline" }],
  ["b", { _tag: "bold" }],
  ["strong", { _tag: "bold" }],
  ["i", { _tag: "italic" }],
  ["em", { _tag: "italic" }],
  ["s", { _tag: "strike" }],
  ["del", { _tag: "strike" }]
])

const link = (href: string, text: ReadonlyArray<Run>, marks: Marks): ReadonlyArray<Run> => {
  const shown = text.map((run) => run.text).join("")
  if (shown.trim() === "") return [{ text: href, marks }]
  return isLinkable(href) || marks.some((mark) => mark._tag === "link")
    ? text
    : [...text, { text: plainSuffix(shown, href), marks }]
}

interface Span {
  readonly mark: Mark
  readonly end: number
}

/** `<u>…</u>` and its like by where they begin, when both ends are there. */
const taggedSpans = (tokens: ReadonlyArray<Token>): ReadonlyMap<number, Span> => {
  const closings = new Map<string, number>()
  const spans = new Map<number, Span>()
  for (let at = tokens.length - 1; at >= 0; at--) {
    const [, slash, letters = ""] = /^<(\/?)([a-z]{1,6})>$/i.exec(tokens[at]?.raw ?? "") ?? []
    const name = letters.toLowerCase()
    if (slash === "/") closings.set(name, at)
    const mark = tagMarks.get(name)
    const end = closings.get(name)
    // A copy: marks are told apart by identity.
    if (slash === "" && mark && end !== undefined) spans.set(at, { mark: { ...mark }, end })
  }
  return spans
}

const inlineOne = (token: MarkedToken, marks: Marks): ReadonlyArray<Run> => {
  switch (token.type) {
    case "strong":
      return inline(token.tokens, withMark(marks, { _tag: "bold" }))
    case "em":
      return inline(token.tokens, withMark(marks, { _tag: "italic" }))
    case "del":
      // A lone tilde is how people write "about".
      return token.raw.startsWith("~~")
        ? inline(token.tokens, withMark(marks, { _tag: "strike" }))
        : [{ text: "~", marks }, ...inline(token.tokens, marks), { text: "~", marks }]
    case "codespan":
      return [{ text: token.text, marks: withMark(marks, { _tag: "code" }) }]
    case "link": {
      const inner = isLinkable(token.href)
        ? withMark(marks, { _tag: "link", href: token.href })
        : marks
      return link(token.href, inline(token.tokens, inner), inner)
    }
    case "image": {
      const inner = isLinkable(token.href)
        ? withMark(marks, { _tag: "link", href: token.href })
        : marks
      return link(token.href, [{ text: token.text, marks: inner }], inner)
    }
    case "br":
      return [{ text: "\n", marks }]
    case "html":
      return [{ text: /^<br\s*\/?>$/i.test(token.raw) ? "\n" : token.raw, marks }]
    case "escape":
      return [{ text: token.text, marks }]
    case "checkbox":
      return []
    case "text":
      return token.tokens === undefined
        ? [{ text: unescape(token.text), marks }]
        : inline(token.tokens, marks)
    default:
      return [{ text: token.raw, marks }]
  }
}

export const inline = (tokens: ReadonlyArray<Token>, marks: Marks): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  const spans = taggedSpans(tokens)
  for (let at = 0; at < tokens.length; at++) {
    const span = spans.get(at)
    if (span === undefined) {
      runs.push(...inlineOne(tokens[at] as MarkedToken, marks))
    } else {
      runs.push(...inline(tokens.slice(at + 1, span.end), withMark(marks, span.mark)))
      at = span.end
    }
  }
  return runs
}
