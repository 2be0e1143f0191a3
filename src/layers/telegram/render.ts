// SPDX-License-Identifier: MIT OR Apache-2.0
/** Markdown to messages in Telegram's HTML. Pure, total: any text gives at least one message. */
import * as Result from "effect/Result"
import type { Rendered } from "../../services/Channel.ts"
import { toRuns } from "./render/blocks.ts"
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

export const render = (markdown: string): ReadonlyArray<Rendered> => {
  const text = clean(markdown)
  const asText: ReadonlyArray<Run> = [{ text, marks: [] }]
  // Markdown nested thousands of levels deep exhausts the parser's stack: then it is shown as it is.
  const runs = Result.getOrElse(
    Result.try(() => (text.length > longest ? asText : toRuns(text))),
    () => asText
  )
  return split(runs)
}
