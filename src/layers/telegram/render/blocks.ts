// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown to runs: headings bold, lists with bullets, tables in columns, one level of quotes. */
import { type MarkedToken, type Token, type Tokens } from "marked"
import { BoundedLexer } from "./BoundedLexer.ts"
import { inline } from "./inline.ts"
import { type Mark, type Run, textOf, withMark } from "./Run.ts"

type Marks = ReadonlyArray<Mark>
type Block = ReadonlyArray<Run>

const languageOf = (info: string | undefined): string =>
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

/** Characters as columns: most emoji and East Asian signs take two. */
const widthOf = (text: string): number =>
  [...text].reduce(
    (sum, char) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        char
      )
        ? 2
        : 1),
    0
  )

/** Markdown drops what stands beyond the header's columns; then the table is shown as it was written. */
const hasExcess = (token: Tokens.Table): boolean =>
  token.raw.split("\n").some((line) => {
    const inner = line.trim().replaceAll(/^\||(?<!\\)\|$/g, "")
    return inner.split(/(?<!\\)\|/).length > token.header.length
  })

const table = (token: Tokens.Table): string => {
  if (hasExcess(token)) return token.raw.trim()
  const rows = [token.header, ...token.rows].map((row) =>
    row.map((cell) => textOf(inline(cell.tokens, [])).replaceAll(/\s+/g, " "))
  )
  const widths = token.header.map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ""))))
  const line = (cells: ReadonlyArray<string>) =>
    widths
      .map((width, i) => (cells[i] ?? "") + " ".repeat(width - widthOf(cells[i] ?? "")))
      .join(" │ ")
      .trimEnd()
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─")
  return [line(rows[0] ?? []), rule, ...rows.slice(1).map(line)].join("\n")
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
          marks: withMark(marks, { _tag: "pre", language: languageOf(token.lang) })
        }
      ]
    case "table":
      return [{ text: table(token), marks: withMark(marks, { _tag: "pre", language: "" }) }]
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
