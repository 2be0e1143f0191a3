// SPDX-License-Identifier: MIT OR Apache-2.0
/** Understands when something is to happen, in people's words or as a cron expression. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import {
  readLastRepetition,
  readRepetition,
  soundsRepeated
} from "../../domain/schedule/repetition.ts"
import type { Rule } from "../../domain/schedule/Rule.ts"
import { spokenTime } from "../../domain/schedule/spoken.ts"
import { type DatePhrase, DatePhrases } from "./DatePhrases.ts"

const examples =
  'Say it like "tomorrow at 9", "in 20 minutes", "2026-12-01 14:30", "every weekday at 8:30", ' +
  '"every monday and thursday at 18:00", "every 2 hours" or "30 8 * * 1-5".'

/** It is not clear when; `detail` says why, and what would be. */
export class WhenUnclear extends Schema.TaggedError<WhenUnclear>()("WhenUnclear", {
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.detail} ${examples}`
  }
}

export interface Understood {
  readonly rule: Rule
  /** The text without the words that say when. */
  readonly rest: string
}

const unclear = (detail: string) => Effect.fail(new WhenUnclear({ detail }))

const isJoint = (text: string) =>
  text.trim() === "" || /^(?:me\s*)?(?:on|at|by|this)?\s*$/i.test(text)
const isEnd = (text: string) => /^[\s.!]*$/.test(text)
const afterPhrase = (text: string) => text.replace(/^[\s,:;–-]+/, "").trim()
const beforePhrase = (text: string) =>
  text.replace(/(?:[\s,;]+(?:on|at|by|this))?[\s,;:–-]*$/i, "").trim()

/** A day and a month, or a month and a day. */
const isAmbiguous = (words: string): boolean => {
  const match = /(?<![\d/])(\d{1,2})\/(\d{1,2})(?!\d)/.exec(words)
  return match !== null && Number(match[1]) <= 12 && Number(match[2]) <= 12 && match[1] !== match[2]
}

export class When extends Context.Service<
  When,
  {
    /** Finds the words that say when, at the beginning or else at the end of the text. */
    readonly find: (text: string, zone: DateTime.TimeZone) => Effect.Effect<Understood, WhenUnclear>
    /** Reads a text that says when, and nothing else. */
    readonly read: (text: string, zone: DateTime.TimeZone) => Effect.Effect<Rule, WhenUnclear>
  }
>()("blufio/services/schedule/When") {
  static readonly layer = Layer.effect(
    When,
    Effect.gen(function* () {
      const phrases = yield* DatePhrases

      const once = Effect.fnUntraced(function* (
        { at, isSpan, words }: DatePhrase,
        now: number,
        zone: DateTime.TimeZone
      ) {
        if (isAmbiguous(words))
          return yield* unclear(`"${words}" may be a day and a month or the other way round.`)
        if (isSpan) return yield* unclear(`"${words}" is a span of time; name one time.`)
        if (at <= now) return yield* unclear(`"${words}" is over already: ${spokenTime(at, zone)}.`)
        return { _tag: "Once", at } satisfies Rule
      })

      const find = Effect.fn("When.find")(function* (given: string, zone: DateTime.TimeZone) {
        const text = given.trim().replace(/^me\s+/i, "")
        const moment = { now: yield* Clock.currentTimeMillis, zone }
        const first = readRepetition(text, moment)
        if (first !== undefined && /^\s*at\s+\d/i.test(text.slice(first.length)))
          return yield* unclear(
            `No day has that time: "${text.slice(first.length).trim().slice(0, 20)}".`
          )
        if (first !== undefined)
          return { rule: first.value, rest: afterPhrase(text.slice(first.length)) }
        const last = readLastRepetition(text, moment)
        if (last !== undefined)
          return { rule: last.rule, rest: beforePhrase(text.slice(0, last.start)) }
        if (soundsRepeated(text)) return yield* unclear("I do not understand how often that is.")
        const found = yield* phrases.find(text, moment)
        const [head] = found
        const tail = found.at(-1)
        if (head === undefined || tail === undefined)
          return yield* unclear("I do not see when that is to be.")
        if (isJoint(text.slice(0, head.start))) {
          const second = found[1]
          if (
            second !== undefined &&
            /^[\s,]*(?:or|and|,)\s*$/.test(text.slice(head.end, second.start))
          )
            return yield* unclear(`"${head.words}" and "${second.words}" are two times; name one.`)
          return {
            rule: yield* once(head, moment.now, zone),
            rest: afterPhrase(text.slice(head.end))
          }
        }
        if (isEnd(text.slice(tail.end)))
          return {
            rule: yield* once(tail, moment.now, zone),
            rest: beforePhrase(text.slice(0, tail.start))
          }
        return yield* unclear(
          `I am not sure that "${head.words}" is when you mean: put it first or last.`
        )
      })

      return When.of({
        find,
        read: Effect.fn("When.read")(function* (text, zone) {
          const { rest, rule } = yield* find(text, zone)
          if (rest !== "")
            return yield* unclear(`I do not understand "${rest.slice(0, 80)}" as a time.`)
          return rule
        })
      })
    })
  )
}
