// SPDX-License-Identifier: MIT OR Apache-2.0
/** How hard a message is, judged from itself and the turns before: free, local, and with reasons. */
import { featuresOf, type Features } from "./features.ts"
import { above, type Tier } from "./Tier.ts"
import type { Kind } from "./words.ts"

export interface Message {
  readonly text: string
  /** How many files came with it. */
  readonly attachments: number
}

/** A turn that came before. */
export interface Earlier {
  /** What was thought of it then. */
  readonly need: Tier
  readonly tools: number
}

export interface Judgement {
  readonly tier: Tier
  /** How far from the next tier, from 0 (could be either) to 1. */
  readonly confidence: number
  readonly reasons: ReadonlyArray<string>
}

/** Scores from here on are standard, and from there on complex. */
const standardFrom = 1
const complexFrom = 4.5
/** Less sure than this goes up a tier. */
const enough = 0.3

type Weighed = readonly [weight: number, reason: string]

/** What two or more different words of a kind weigh at most, and what they say. */
const signs: ReadonlyArray<readonly [Kind, each: number, most: number, reason: string]> = [
  ["writing", 1.2, 1.6, "asks for an explanation or a text"],
  ["tools", 1, 2, "may need a tool"],
  ["proof", 4.4, 5.4, "asks for a proof or a derivation"],
  ["analysis", 2.1, 3.2, "asks for an analysis"],
  ["comparison", 1.8, 2.2, "asks for a comparison"],
  ["design", 1.7, 2.5, "asks for a design"],
  ["planning", 1, 2.5, "asks for a plan"],
  ["depth", 1, 2.5, "asks for depth or reasons"],
  ["engineering", 1.3, 2.6, "is about engineering"]
]

const weigh = (features: Features, attachments: number): ReadonlyArray<Weighed> => {
  const { codeLines, hits, length } = features
  const found: Array<Weighed> = signs.flatMap(([kind, each, most, reason]): Array<Weighed> =>
    hits[kind] === 0 ? [] : [[Math.min(most, each * hits[kind]), reason]]
  )
  const isRework = hits.rework > 0 && (features.isGivenText || length > 250)
  if (length > 120 && !isRework)
    found.push([Math.min(2, length / 240), length > 400 ? "a long message" : "not a short message"])
  if (length > 60) found.push([1, "more than a few words"])
  if (isRework) found.push([-0.5, "reworks a text that is given"])
  else if (hits.rework > 0 && hits.writing === 0) found.push([1.3, "reworks what was said"])
  if (features.parts > 2 && !isRework)
    found.push([Math.min(2, (features.parts - 2) * 0.5), "several steps or points"])
  if (codeLines > 0) found.push([codeLines > 4 ? 3 : 1.5, "contains code"])
  if (features.hasFormula) found.push([2, "contains a formula"])
  if (attachments > 0) found.push([1.5, "comes with a file"])
  if (features.hasLink) found.push([1, "names a web page"])
  return found
}

const isCourtesy = ({ hits, isQuestion, parts, words }: Features) =>
  hits.courtesy > 0 &&
  words <= 8 &&
  (hits.courtesy * 3 + parts >= words ||
    (words <= 6 && !isQuestion && hits.writing + hits.rework + hits.tools === 0))

const isBareFact = ({ asksHowMuch, hits, isArithmetic, isQuestion, length, words }: Features) =>
  length <= 70 &&
  words <= 14 &&
  ((hits.fact > 0 && (hits.writing === 0 || words <= 8)) ||
    isArithmetic ||
    asksHowMuch ||
    (isQuestion && hits.writing === 0 && length <= 42 && words <= 8))

const isGoingOn = ({ hits, words }: Features) => words <= 14 && hits.continuation > 0

/** Too short to say anything by itself: "yes, do it", "the other one". */
const isElliptic = ({ isQuestion, words }: Features) => words <= 5 && !isQuestion

const settle = (score: number, reasons: ReadonlyArray<string>): Judgement => {
  const tier = score < standardFrom ? "simple" : score < complexFrom ? "standard" : "complex"
  const next = tier === "simple" ? standardFrom : complexFrom
  const distance = Math.abs(score - next)
  const confidence = Number(Math.min(1, 0.1 + distance / 1.6).toFixed(2))
  if (confidence >= enough || tier === "complex") return { tier, confidence, reasons }
  const higher = above(tier)
  return {
    tier: higher,
    confidence,
    reasons: [...reasons, `not sure: ${higher} rather than ${tier}`]
  }
}

/** `earlier`: the turns before this one, the newest first. */
export const judge = (message: Message, earlier: ReadonlyArray<Earlier> = []): Judgement => {
  const features = featuresOf(message.text)
  const last = earlier[0]
  if (message.attachments === 0) {
    if (!features.hasLetters && features.words === 0)
      return { tier: "simple", confidence: 0.8, reasons: ["no words at all"] }
    if (isCourtesy(features))
      return { tier: "simple", confidence: 0.95, reasons: ["a short courtesy"] }
  }
  const found = weigh(features, message.attachments)
  const score = found.reduce((sum, [weight]) => sum + weight, 0)
  if (last !== undefined && message.attachments === 0) {
    if (isGoingOn(features) || isElliptic(features)) {
      const isWork = last.need === "complex" || (last.tools > 2 && isGoingOn(features))
      const tier = isWork ? "complex" : last.need
      if (score < complexFrom)
        return { tier, confidence: 0.6, reasons: [`goes on with a ${last.need} turn`] }
    }
  }
  const reasons = found
    .toSorted(([one], [other]) => other - one)
    .slice(0, 4)
    .map(([, reason]) => reason)
  if (
    isBareFact(features) &&
    score < complexFrom &&
    features.codeLines === 0 &&
    message.attachments === 0
  )
    return settle(Math.max(0, score - 2), ["a short question or request"])
  if (found.length === 0)
    return settle(features.length <= 25 ? 0.4 : 0.8, ["nothing in it that asks for more"])
  const momentum = last?.need === "complex" && features.words <= 20 ? 0.5 : 0
  return settle(score + momentum, reasons)
}
