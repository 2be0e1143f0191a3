// SPDX-License-Identifier: MIT OR Apache-2.0
/** `.env` lines as Node reads them, and those that it would pass over in silence. */
import { parseEnv } from "node:util"

interface Assignment {
  readonly name: string
  /** From 1. */
  readonly line: number
}

export interface DotenvLines {
  readonly values: Readonly<Record<string, string>>
  /** In the order of the file; a name may come more than once. */
  readonly assignments: ReadonlyArray<Assignment>
  /** Numbers of lines that are neither empty, nor a comment, nor part of a value. */
  readonly broken: ReadonlyArray<number>
}

const assignedName = (line: string) => /^\s*(?:export\s+)?([^\s=#]+)\s*=/.exec(line)?.[1]
const isNothing = (line: string) => /^\s*(?:#|$)/.test(line)

/** The quote that a line opens and does not close: its value goes on. */
const openQuote = (line: string): string | undefined => {
  const value = line.slice(line.indexOf("=") + 1).trimStart()
  const quote = /^["'`]/.exec(value)?.[0]
  return quote !== undefined && !value.slice(1).includes(quote) ? quote : undefined
}

export const parseLines = (text: string): DotenvLines => {
  const broken: Array<number> = []
  const assignments: Array<Assignment> = []
  let open: string | undefined
  for (const [index, line] of text.split("\n").entries()) {
    const name = assignedName(line)
    if (open !== undefined) {
      if (line.includes(open)) open = undefined
    } else if (name !== undefined) {
      assignments.push({ name, line: index + 1 })
      open = openQuote(line)
    } else if (!isNothing(line)) broken.push(index + 1)
  }
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(parseEnv(text)))
    if (value !== undefined) values[name] = value
  return { values, assignments, broken }
}
