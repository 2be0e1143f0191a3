// SPDX-License-Identifier: MIT OR Apache-2.0
/** A day of a person's messages: which, when, and how long the answers are. */
import type { Label, Labelled } from "../router/prompts.ts"
import { prompts } from "../router/prompts.ts"

export interface Profile {
  readonly name: "quiet" | "normal" | "heavy"
  /** Messages on one day. */
  readonly messages: number
  /** In so many bursts, spread over the day from 8 to 22 o'clock. */
  readonly bursts: number
}

export const profiles: ReadonlyArray<Profile> = [
  { name: "quiet", messages: 8, bursts: 2 },
  { name: "normal", messages: 40, bursts: 6 },
  { name: "heavy", messages: 150, bursts: 10 }
]

/** Tokens of an answer, by what the message was labelled. */
export const answerTokens: Record<Label, number> = { simple: 120, standard: 600, complex: 2000 }
/** The most that a message of a burst comes after the one before it, in minutes. */
const withinBurst = 3
const minute = 60_000
const dayMinutes = 14 * 60

const of = (label: Label): ReadonlyArray<Labelled> =>
  prompts.filter((one) => one.label === label && one.attachment === undefined)
const byLabel = { simple: of("simple"), standard: of("standard"), complex: of("complex") }

/** Of ten messages six are easy, three ordinary and one hard; every fourth uses a tool. */
const mix: ReadonlyArray<Label> = [
  "simple",
  "standard",
  "simple",
  "simple",
  "complex",
  "simple",
  "standard",
  "simple",
  "standard",
  "simple"
]

export interface Said {
  readonly text: string
  readonly label: Label
  readonly usesTool: boolean
  /** Since the message before it, in milliseconds. */
  readonly afterMillis: number
}

/** The same each time. `number` is how many messages of this person came before. */
export const day = ({ bursts, messages }: Profile, number: number): ReadonlyArray<Said> => {
  const perBurst = Math.ceil(messages / bursts)
  const betweenBursts = Math.floor(dayMinutes / bursts) - perBurst * withinBurst
  return Array.from({ length: messages }, (_, index) => {
    const nth = number + index
    const label = mix[nth % mix.length]!
    const all = byLabel[label]
    const isFirst = index % perBurst === 0
    const pause = index === 0 ? 10 * 60 : isFirst ? betweenBursts : 1 + (nth % withinBurst)
    return {
      text: `${all[(nth * 7) % all.length]!.text} (${nth})`,
      label,
      usesTool: nth % 4 === 3,
      afterMillis: Math.max(1, pause) * minute
    }
  })
}
