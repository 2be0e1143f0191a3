// SPDX-License-Identifier: MIT OR Apache-2.0
/** All secrets in a text that show by themselves (SEC-08), in time that grows with its length. */
import { makeAnchors } from "./anchors.ts"
import { addresses } from "./addresses.ts"
import { assignments } from "./assignments.ts"
import { type Anchored, type Finding, isAtStart, type Rule, substitute } from "./finding.ts"
import { ofFormat } from "./format.ts"
import { formats } from "./formats.ts"
import { headers } from "./headers.ts"
import { structures } from "./structures.ts"

export const all: ReadonlyArray<Anchored> = [
  ...formats.map(ofFormat),
  ...structures,
  ...headers,
  ...addresses,
  assignments
]

const anchors = makeAnchors<Rule>(all)

/** A name before a value says least about what it is. */
export const vague: ReadonlySet<string> = new Set(["secret", "password"])

/** Two that overlap are one, of the more telling kind. */
const merge = (one: Finding, other: Finding): Finding => ({
  start: Math.min(one.start, other.start),
  // What one of them is known by must stay with it.
  from: Math.min(one.from ?? one.start, other.from ?? other.start),
  end: Math.max(one.end, other.end),
  kind: vague.has(one.kind) ? other.kind : one.kind
})

/** In order and apart from each other. */
export const scan = (text: string): ReadonlyArray<Finding> => {
  const found: Array<Finding> = []
  let covered = 0
  let here = 0
  const isFree = () => here === covered || isAtStart(text, here)
  anchors.each(text, (at, rule) => {
    if (at < covered) return
    here = at
    const finding = rule(text, at, isFree)
    if (finding === undefined) return
    found.push(finding)
    if (!vague.has(finding.kind)) covered = Math.max(covered, finding.end)
  })
  if (found.length < 2) return found
  const apart: Array<Finding> = []
  for (const finding of found.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1)
    if (last !== undefined && finding.start < last.end) apart.splice(-1, 1, merge(last, finding))
    else apart.push(finding)
  }
  return apart
}

/** The text with each finding's substitute in its place. */
export const replaceFindings = (
  text: string,
  findings: ReadonlyArray<Finding>,
  spell = substitute
): string => {
  if (findings.length === 0) return text
  const pieces: Array<string> = []
  let from = 0
  for (const { end, kind, start } of findings) {
    pieces.push(text.slice(from, start), spell(kind))
    from = end
  }
  pieces.push(text.slice(from))
  return pieces.join("")
}

export const redact = (text: string): string => replaceFindings(text, scan(text))
