// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown to runs: headings bold, lists with bullets, tables, one level of quotes. */
import { type MarkedToken, type Token, type Tokens } from "marked"
import { BoundedLexer } from "./BoundedLexer.ts"
import { inline } from "./inline.ts"
import { type Mark, type Run, withMark } from "./Run.ts"
import { table } from "./table.ts"

type Marks = ReadonlyArray<Mark>
type Block = ReadonlyArray<Run>

export const languageOf = (info: string | undefined): string =>
  /^[A-Za-z0-9_+#.-]{1,32}/.exec(info ?? "")?.[0] ?? ""

const isBlank = (block: Block): boolean => block.every((run) => run.text.trim() === "")

/** Blocks below each other, the break carrying the marks that both sides share. */
const stack = (blocks: ReadonlyArray<Block>, separator: string, marks: Marks): Block => {
  const runs: Array<Run> = []
  for (const block of blocks) {
    if (isBlank(block)) continue
    if (runs.length > 0) runs.push({ text: separator, marks })
    runs.push(...block)
  }
  return runs
}

const listItem = (item: Tokens.ListItem, bullet: string, depth: number, marks: Marks): Block => {
  const indent = "  ".repeat(depth)
  const sign = item.task ? (item.checked === true ? "☑ " : "☐ ") : bullet
  const parts = item.tokens.flatMap((token) =>
    token.type === "checkbox" ? [] : [block(token as MarkedToken, marks, depth + 1)]
  )
  return [{ text: `${indent}${sign}`, marks }, ...stack(parts, "\n", marks)]
}

const list = (token: Tokens.List, depth: number, marks: Marks): Block =>
  token.items.flatMap((item, i) => {
    const bullet = token.ordered ? `${Number(token.start) + i}. ` : "• "
    const runs = listItem(item, bullet, depth, marks)
    return i === 0 ? runs : [{ text: "\n", marks }, ...runs]
  })

const block = (token: MarkedToken, marks: Marks, depth: number): Block => {
  switch (token.type) {
    case "heading":
      return inline(token.tokens, withMark(marks, { _tag: "bold" }))
    case "paragraph":
      return inline(token.tokens, marks)
    case "blockquote":
      return blocks(token.tokens, withMark(marks, { _tag: "quote" }), depth)
    case "code":
      return [
        {
          text: token.text,
          marks: withMark(marks, { _tag: "pre", language: languageOf(token.lang), isCode: true })
        }
      ]
    case "table":
      return table(token, marks)
    case "list":
      return list(token, depth, marks)
    case "hr":
      return [{ text: "———", marks }]
    case "space":
      return []
    case "html":
      return [{ text: token.text.replaceAll(/<br\s*\/?>/gi, "\n"), marks }]
    // Reference definitions too: dropping one that nothing refers to would lose words.
    default:
      return inline([token], marks)
  }
}

const blocks = (tokens: ReadonlyArray<Token>, marks: Marks, depth: number): Block =>
  stack(
    tokens.map((token) => block(token as MarkedToken, marks, depth)),
    "\n\n",
    marks
  )

export const toRuns = (markdown: string): ReadonlyArray<Run> =>
  blocks(new BoundedLexer({ gfm: true }).lex(markdown), [], 0)
