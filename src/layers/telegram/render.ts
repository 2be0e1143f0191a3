// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown to messages in Telegram's HTML. Pure, total: any text gives at least one message. */
import * as Result from "effect/Result"
import type { Rendered } from "../../services/Channel.ts"
import { longCodeApart } from "./render/apart.ts"
import { toRuns } from "./render/blocks.ts"
import { type Document, takeOut } from "./render/documents.ts"
import type { Run } from "./render/Run.ts"
import { split } from "./render/split.ts"

/** Longer texts are shown as they are: a parser that takes its time would hold up everyone else. */
const longest = 40_000

/** Telegram drops control characters, and JSON does not carry lone surrogates. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "")

const asText = (text: string): ReadonlyArray<Run> => [{ text, marks: [] }]

/** Markdown nested thousands of levels deep exhausts the parser's stack: then it is shown as it is. */
const parsed = (text: string): ReadonlyArray<Run> =>
  Result.getOrElse(
    Result.try(() => toRuns(text)),
    () => asText(text)
  )

const runsOf = (text: string): ReadonlyArray<Run> => {
  if (text.length <= longest) return parsed(text)
  const pieces = longCodeApart(text)
  const words = pieces.filter((piece) => typeof piece === "string")
  const toParse = words.reduce((sum, piece) => sum + piece.length, 0)
  const shown = toParse > longest ? asText : parsed
  const blocks = pieces.map((piece) => (typeof piece === "string" ? shown(piece) : [piece]))
  return blocks.flatMap((block, at) => (at === 0 ? block : asText("\n\n").concat(block)))
}

const asRendered = ({ content, name, run }: Document, limit: number | undefined): Rendered => {
  const [first, ...more] = split([run], limit)
  return { ...first, more, asFile: { _tag: "Written", name, content } }
}

/** In the final stage long code becomes documents, behind all text. `limit`: Telegram's when left out. */
export const render = (
  markdown: string,
  stage: "growing" | "final",
  limit?: number
): ReadonlyArray<Rendered> => {
  const runs = runsOf(clean(markdown))
  if (stage === "growing") return split(runs, limit)
  const { documents, runs: left } = takeOut(runs)
  return [...split(left, limit), ...documents.map((document) => asRendered(document, limit))]
}
