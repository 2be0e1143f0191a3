// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which tools stand in the prompt in full, and which as one line of an index: a pure function. */

export interface Disclosable {
  readonly name: string
  readonly description: string
  /** Of its full definition. */
  readonly tokens: number
  readonly deferred: boolean
  /** Stays in full whatever the others take. */
  readonly core: boolean
}

/** What the full definitions of all tools may take together. */
const definitionTokens = 900

/** The names of those that are put off: what was declared so, then the largest until the rest fits. */
export const deferredNames = (tools: ReadonlyArray<Disclosable>): ReadonlySet<string> => {
  const put = new Set(tools.flatMap((tool) => (tool.deferred ? [tool.name] : [])))
  let total = tools.reduce((sum, tool) => sum + (tool.deferred ? 0 : tool.tokens), 0)
  const largestFirst = tools
    .filter((tool) => !tool.deferred && !tool.core)
    .toSorted((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1))
  for (const tool of largestFirst) {
    if (total <= definitionTokens) break
    put.add(tool.name)
    total -= tool.tokens
  }
  return put
}

const lineLength = 90

const firstSentence = (description: string): string => {
  const sentence = /^[\s\S]*?[.!?](?=\s|$)/.exec(description)?.[0] ?? description
  const flat = sentence.replaceAll(/\s+/g, " ").trim()
  return flat.length <= lineLength ? flat : `${flat.slice(0, lineLength - 1)}…`
}

/** One line for each, sorted by name: what the prefix tells of them. */
export const indexLines = (
  entries: ReadonlyArray<{ readonly name: string; readonly description: string }>
): string =>
  entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ description, name }) => `- ${name}: ${firstSentence(description)}`)
    .join("\n")
