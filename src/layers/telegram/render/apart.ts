// SPDX-License-Identifier: MIT OR Apache-2.0
/** Finds long code in a text that is too long for the parser, in time that grows with its length. */
import { languageOf } from "./blocks.ts"
import { isLong } from "./documents.ts"
import type { Run } from "./Run.ts"

/** Text that may be Markdown, or a block of code, in the order in which they stand. */
export type Piece = string | Run

const opening = /^(`{3,}|~{3,})([^`]*)$/

const codeRun = (text: string, info: string): Run => ({
  text,
  marks: [{ _tag: "pre", language: languageOf(info.trim()), isCode: true }]
})

/** Fences that begin a line, and are closed; what else there is stays text. */
export const longCodeApart = (markdown: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let words: Array<string> = []
  let fence: { readonly sign: string; readonly info: string; readonly from: number } | undefined
  const lines = markdown.split("\n")
  for (const [at, line] of lines.entries()) {
    if (fence === undefined) {
      const [, sign, info = ""] = opening.exec(line) ?? []
      if (sign === undefined) words.push(line)
      else fence = { sign, info, from: at }
    } else if (
      line.startsWith(fence.sign) &&
      line.trimEnd() === fence.sign[0]!.repeat(line.trimEnd().length)
    ) {
      const code = lines.slice(fence.from + 1, at).join("\n")
      if (isLong(code)) {
        pieces.push(words.join("\n"), codeRun(code, fence.info))
        words = []
      } else words.push(...lines.slice(fence.from, at + 1))
      fence = undefined
    }
  }
  if (fence !== undefined) words.push(...lines.slice(fence.from))
  return [...pieces, words.join("\n")].filter(
    (piece) => typeof piece !== "string" || piece.trim() !== ""
  )
}
