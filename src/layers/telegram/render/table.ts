// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tables: in columns when a phone has the room, else a block of lines for each row. */
import type { Tokens } from "marked"
import { inline } from "./inline.ts"
import { readable, type Run, withMark } from "./Run.ts"

type Marks = Run["marks"]

/** What a phone shows in one line, in columns. */
const widest = 44

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

/** A link keeps its address: within columns there are no links. */
const wordsOf = (cell: Tokens.TableCell): string =>
  readable(inline(cell.tokens, [])).replaceAll(/\s+/g, " ")

const grid = (rows: ReadonlyArray<ReadonlyArray<string>>, widths: ReadonlyArray<number>) => {
  const line = (cells: ReadonlyArray<string>) =>
    widths
      .map((width, i) => (cells[i] ?? "") + " ".repeat(width - widthOf(cells[i] ?? "")))
      .join(" │ ")
      .trimEnd()
  const rule = widths.map((width) => "─".repeat(width)).join("─┼─")
  return [line(rows[0] ?? []), rule, ...rows.slice(1).map(line)].join("\n")
}

/** `Header: cell` on a line each, a blank line between rows; the first cell stands out. */
const records = (token: Tokens.Table, marks: Marks): ReadonlyArray<Run> =>
  token.rows.flatMap((row, at) => {
    const lines = row.flatMap((cell, column) => {
      const header = wordsOf(token.header[column] ?? cell).trim()
      const inner = column === 0 ? withMark(marks, { _tag: "bold" }) : marks
      const label = header === "" ? "" : `${header}: `
      return [{ text: `${column === 0 ? "" : "\n"}${label}`, marks }, ...inline(cell.tokens, inner)]
    })
    return at === 0 ? lines : [{ text: "\n\n", marks }, ...lines]
  })

export const table = (token: Tokens.Table, marks: Marks): ReadonlyArray<Run> => {
  const inCode = withMark(marks, { _tag: "pre", language: "", isCode: false })
  if (hasExcess(token)) return [{ text: token.raw.trim(), marks: inCode }]
  const rows = [token.header, ...token.rows].map((row) => row.map(wordsOf))
  const widths = token.header.map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ""))))
  const width = widths.reduce((sum, one) => sum + one, 3 * (widths.length - 1))
  return width > widest && token.rows.length > 0
    ? records(token, marks)
    : [{ text: grid(rows, widths), marks: inCode }]
}
