// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a question to a person is named, how it can be answered by one press, and how its outcome reads. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { TurnId } from "./Ids.ts"
import type { Turn } from "./Turn.ts"

/** One question of one turn, such as `0123456789abcdef:7`. */
export const questionName = (turn: TurnId, step: number): string => `${turn}:${step}`

/** The name of what a turn asks, whether or not it is answered. */
export const questionOf = ({ id, question }: Turn): Option.Option<string> =>
  Option.map(Option.fromNullOr(question), ({ step }) => questionName(id, step))

const name = /^[0-9a-f]{16}:\d{1,15}$/
export const isQuestionName = (text: string): boolean => name.test(text)

/** The turn that asks what has this name. */
export const turnOf = (question: string): TurnId => TurnId.make(question.split(":")[0] ?? "")

const labels = { approve: "✅ Run again", deny: "❌ Go on without it", stop: "⏹ Stop" } as const
const pressed = /^q:([0-9a-f]{16}:\d{1,15}):(approve|deny|stop)$/

/** At most 42 bytes an answer: channels allow few (Telegram: 64). */
export const choicesFor = (question: string) =>
  Object.entries(labels).map(([command, label]) => ({ label, answer: `q:${question}:${command}` }))

/** What a press asks for: a question, and the command that answers it. `None`: no button of ours. */
export const readPress = (
  answer: string
): Option.Option<{ readonly question: string; readonly command: string }> => {
  const [, question, command] = pressed.exec(answer) ?? []
  return question === undefined
    ? Option.none()
    : Option.some({ question, command: `/${command} ${question}` })
}

/** How a question ended. `stopped`: its turn was ended instead. */
export const Outcome = Schema.Literals(["approve", "deny", "expired", "stopped"])
export type Outcome = typeof Outcome.Type

const outcomes = {
  approve: "✅ Run again",
  deny: "❌ Not run again",
  expired: "⌛ Not run again, as nobody answered",
  stopped: "⏹ Stopped"
} as const satisfies Record<Outcome, string>

const timeOfDay = (instant: number, zone: DateTime.TimeZone): string =>
  DateTime.format(DateTime.makeZonedUnsafe(instant, { timeZone: zone }), {
    locale: "en-GB",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23"
  })

/** Names are shown as they are, whatever Markdown would make of them. */
const literal = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_~[\]<>()|#!&:.@-]/g, String.raw`\$&`)

/** "✅ Run again: Ada, 14:02", in Markdown. */
export const spokenOutcome = (
  outcome: Outcome,
  who: Option.Option<string>,
  at: number,
  zone: DateTime.TimeZone
): string =>
  `${outcomes[outcome]}: ${[...Option.toArray(Option.map(who, literal)), timeOfDay(at, zone)].join(", ")}`
