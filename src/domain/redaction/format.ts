// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Secrets that show by their form: an anchor that every one of the kind has, and what must stand
 * around it. Each rule looks at a bounded piece of text only.
 */
import { isAtStart, type Anchored } from "./finding.ts"

export interface Format {
  readonly kind: string
  /** Texts of which one stands at the secret's beginning, as it is written. */
  readonly anchors: ReadonlyArray<string>
  /** The whole secret; sticky. Its quantifiers are bounded or of one class. */
  readonly shape: RegExp
  /** How many characters of the secret stand before the anchor. */
  readonly before: number
}

export const format = (
  kind: string,
  anchors: ReadonlyArray<string>,
  shape: RegExp,
  before = 0
): Format => ({
  kind,
  anchors,
  shape: new RegExp(shape.source, `${shape.flags.replace("y", "")}y`),
  before
})

export const ofFormat = ({ anchors, before, kind, shape }: Format): Anchored => ({
  anchors,
  rule: (text, at, isFree) => {
    const start = at - before
    if (start < 0) return undefined
    shape.lastIndex = start
    if (!shape.test(text)) return undefined
    if (!(before === 0 ? isFree() : isAtStart(text, start))) return undefined
    return { start, end: shape.lastIndex, kind }
  },
  ...(anchors.some((anchor) => anchor.includes(" ")) ? { span: shape } : {})
})
