// SPDX-License-Identifier: MIT OR Apache-2.0
/** Takes secrets out of text that comes in pieces, wherever one is cut, in time that grows with its length. */
import type { Finding } from "./finding.ts"
import { hasBreak, longestToken, openEnd } from "./openEnd.ts"
import { replaceFindings, scan } from "./scan.ts"

export interface Pieces {
  /** What may be said now; the beginning of what could be a secret is held back. */
  readonly push: (piece: string) => string
  /** What was held back, once no more comes. */
  readonly rest: () => string
}

export interface Held {
  /** The text without the values that we hold ourselves. */
  readonly withoutHeld: (text: string) => string
  /** From where on the end of the text could be the beginning of one. */
  readonly openFrom: (text: string) => number
}

/** So much of what was said is looked at again, for what stands before a secret. */
const contextLength = 128
/** Up to here what is held back is looked at with each piece, beyond it when it has grown by a part. */
const shortHeld = 256
const growth = 1 / 4

/** Secrets that hang together without an end are cut here, and what is cut off goes too. */
const longestHeld = 4 * longestToken

const fromOf = ({ from, start }: Finding) => from ?? start

/** Neither what was found whole nor what it was known by is cut. */
const uncut = (findings: ReadonlyArray<Finding>, end: number): number =>
  findings.reduceRight(
    (open, one) => (fromOf(one) < open && one.end > open ? fromOf(one) : open),
    end
  )

export const makePieces = ({ openFrom, withoutHeld }: Held): Pieces => {
  let context = ""
  let kept = ""
  let waiting = ""
  let isBroken = false

  const mustWait = () => {
    const length = kept.length + waiting.length
    if (length < 2 * longestToken && kept !== "" && !isBroken) return true
    return kept.length > shortHeld && waiting.length < kept.length * growth
  }

  /** Says what stands before `endOf`, of what is kept. */
  const release = (endOf: (text: string, findings: ReadonlyArray<Finding>) => number): string => {
    const text = withoutHeld(kept + waiting)
    const said = context.length
    const findings = scan(context + text).flatMap(({ end, from, kind, start }) =>
      end <= said
        ? []
        : [
            {
              from: Math.max(0, (from ?? start) - said),
              start: Math.max(0, start - said),
              end: end - said,
              kind
            }
          ]
    )
    const open = endOf(text, findings)
    const clean = replaceFindings(
      text.slice(0, open),
      findings
        .filter(({ start }) => start < open)
        .map(({ end, kind, start }) => ({ start, end: Math.min(end, open), kind }))
    )
    kept = text.slice(open)
    waiting = ""
    isBroken = false
    context = (context + clean).slice(-contextLength)
    return clean
  }

  return {
    push: (piece) => {
      waiting += piece
      isBroken ||= hasBreak(piece)
      if (mustWait()) return ""
      return release((text, findings) => {
        const end = Math.min(openEnd(text), openFrom(text))
        const open = uncut(findings, end)
        return open === 0 && text.length > longestHeld ? end : open
      })
    },
    rest: () => release((text) => text.length)
  }
}
