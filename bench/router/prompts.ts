// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Messages in our own words, in fourteen languages, each with the tier that should answer it. The
 * labels were made before the router's rules; a third of the messages is held out from tuning them.
 *
 * simple: a greeting, thanks, a single fact, a sum, a word to translate, a reminder.
 * standard: an explanation, a letter, a short piece of code, one or two tools.
 * complex: several steps that depend on each other: proofs, plans, designs, comparisons, hard bugs.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const tiers = ["simple", "standard", "complex"] as const
export type Label = (typeof tiers)[number]

export interface Labelled {
  readonly label: Label
  readonly language: string
  readonly text: string
  /** The tier that answered the turn before, if there was one, and how many tools it used. */
  readonly after: Label | undefined
  readonly tools: number
  /** The media type of a file that came with the message. */
  readonly attachment: string | undefined
  readonly isHeldOut: boolean
}

const isLabel = (text: string | undefined): text is Label => tiers.some((tier) => tier === text)

const unescaped = (text: string) =>
  text.replaceAll(/\\([\\n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped))

/** By the message itself, so that new messages never move old ones to the other part. */
const isHeldOut = (context: string, text: string) =>
  createHash("sha256").update(`${context}\n${text}`).digest().readUInt32BE(0) % 3 === 0

const read = (line: string): Labelled => {
  const [label, language = "", context = "", text = ""] = line.split("\t")
  if (!isLabel(label) || text === "") throw new Error(`not a labelled message: ${line}`)
  const facts = new Map(context.split(" ").map((fact) => fact.split("=") as [string, string]))
  const after = facts.get("after")
  return {
    label,
    language,
    text: unescaped(text),
    after: isLabel(after) ? after : undefined,
    tools: Number(facts.get("tools") ?? 0),
    attachment: facts.get("attachment"),
    isHeldOut: isHeldOut(context, text)
  }
}

/** One a line: label, language, context, text; a line break in a text stands as `\n`. */
export const prompts: ReadonlyArray<Labelled> = readFileSync(
  join(import.meta.dirname, "prompts.tsv"),
  "utf8"
)
  .trimEnd()
  .split("\n")
  .map(read)
