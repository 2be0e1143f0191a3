// SPDX-License-Identifier: MIT OR Apache-2.0
/** A session as people read it: its turns, how each went, and what was said. */
import * as Option from "effect/Option"
import { hiddenNote } from "../domain/files/words.ts"
import type { Part } from "../domain/Message.ts"
import { formatDollars } from "../domain/money.ts"
import { oneLine, printable } from "../domain/printable.ts"
import type { MessageReport, SessionDetail, StepReport, TurnReport } from "../domain/reports.ts"
import { spokenOutcome } from "./spokenOutcome.ts"
import { formatSpan, formatTime, millisBetween } from "./table.ts"

const indent = (text: string, by: string) => text.replaceAll(/\n(?!\n)/g, `\n${by}`)

const speakers = { user: "you", assistant: "blufio", tool: "tool" } as const

/** Tool calls and their results on a line of their own; thinking and vendor data are left out. */
const spellPart = (part: Part): Option.Option<string> => {
  const origin = part.trusted ? "" : ` (${part.origin}, untrusted)`
  switch (part._tag) {
    case "Text":
      return Option.some(`${part.text}${part.origin === "tool" ? "" : origin}`)
    case "Attachment":
      return Option.some(`${hiddenNote(part)}${origin}`)
    case "File":
      return Option.some(`[${part.name}, ${part.mediaType}]${origin}`)
    case "ToolCall":
      return Option.some(`[calls ${part.name} ${JSON.stringify(part.params)}]`)
    case "ToolResult":
      return Option.some(`[${part.name} ${part.isFailure ? "failed" : "answers"}] ${part.text}`)
    case "Reasoning":
      return Option.none()
  }
}

const spellMessage = ({ parts, role }: MessageReport): ReadonlyArray<string> => {
  const lines = parts.flatMap((part) => Option.toArray(spellPart(part)))
  if (lines.length === 0) return []
  const margin = `  ${" ".repeat(speakers[role].length + 2)}`
  return [`  ${speakers[role]}> ${indent(printable(lines.join("\n")), margin)}`]
}

const spellStep = (step: StepReport): string => {
  const span =
    step.finished_at === null ? "" : formatSpan(millisBetween(step.started_at, step.finished_at))
  const outcome =
    step.outcome === "" ? step.state : `${step.state}: ${printable(spokenOutcome(step.outcome))}`
  return `  ${step.kind.padEnd(5)} ${step.name}  ${outcome}  ${span}`.trimEnd()
}

const spellStates = ({ started_at, states }: TurnReport): string =>
  states
    .map(({ at, state }, index) =>
      index === 0 ? state : `${state} +${formatSpan(millisBetween(started_at, at))}`
    )
    .join(" → ")

const spellRouting = (routing: TurnReport["routing"]): ReadonlyArray<string> => {
  if (routing === null) return []
  const { intended_model, model, reasons, tier } = routing
  const instead = model === intended_model ? "" : ` instead of ${intended_model}`
  return [`  ${printable(`${tier}: ${model}${instead} (${reasons.join("; ")})`)}`]
}

const spellTurn = (turn: TurnReport): string => {
  const { cache_read, cache_write, input, output } = turn.tokens
  return [
    `Turn ${turn.id}  ${turn.state}  ${formatTime(turn.started_at)}  ` +
      `${formatDollars(turn.cost_usd)}  ` +
      `${input} in, ${output} out, cache ${cache_read} read, ${cache_write} written`,
    `  ${spellStates(turn)}`,
    ...spellRouting(turn.routing),
    ...(turn.detail === "" ? [] : [`  ${printable(spokenOutcome(turn.detail))}`]),
    ...turn.steps.map(spellStep),
    ...turn.messages.flatMap(spellMessage)
  ].join("\n")
}

export const spellSession = (session: SessionDetail): string => {
  const { channel, chat, closed_at, cost_usd, id, opened_at, person, topic } = session
  const place = [channel, chat, topic].filter((name) => name !== "").join("/")
  const closed = closed_at === null ? "still open" : `closed ${formatTime(closed_at)}`
  return [
    `Session ${id}  ${oneLine(place)}  ${person}  ` +
      `opened ${formatTime(opened_at)}, ${closed}  ${formatDollars(cost_usd)}`,
    ...session.turns.map(spellTurn)
  ].join("\n\n")
}
