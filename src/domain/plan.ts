// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a turn does next, read off its journal alone: the same after a crash as without one. */
import type { Part, ToolCall } from "./Message.ts"
import { textOf } from "./Message.ts"
import type { Entry, Question, Step } from "./Turn.ts"

export type Next =
  | { readonly _tag: "CallModel" }
  | { readonly _tag: "RunTool"; readonly call: ToolCall }
  /** The tool may have run already, and must not run twice: ask the person. */
  | { readonly _tag: "AskPerson"; readonly call: ToolCall; readonly step: Step }
  /** The person does not want it run again, or did not answer. */
  | { readonly _tag: "SkipTool"; readonly call: ToolCall; readonly step: Step }
  | { readonly _tag: "Respond"; readonly text: string }

type Transcript = ReadonlyArray<Pick<Entry, "role" | "parts">>

const calls = (parts: ReadonlyArray<Part>) =>
  parts.filter((part): part is ToolCall => part._tag === "ToolCall")

/** Everything that the model said to the person in this turn, in order. */
export const spoken = (transcript: Transcript): string =>
  transcript
    .flatMap((entry) => (entry.role === "assistant" ? [textOf(entry.parts).trim()] : []))
    .filter((text) => text !== "")
    .join("\n\n")

const nextForCall = (call: ToolCall, step: Step | undefined, question: Question | null): Next => {
  if (step?.state !== "started" || step.idempotent) return { _tag: "RunTool", call }
  const answer = question?.step === step.id ? question.answer : null
  if (answer === null) return { _tag: "AskPerson", call, step }
  return answer === "approve" ? { _tag: "RunTool", call } : { _tag: "SkipTool", call, step }
}

/**
 * `transcript` and `steps` are one turn's, in order. A model step that was started and not finished
 * left nothing in the transcript: the model is asked again.
 */
export const plan = (
  transcript: Transcript,
  steps: ReadonlyArray<Step>,
  question: Question | null
): Next => {
  const lastIndex = transcript.findLastIndex((entry) => entry.role === "assistant")
  const last = transcript[lastIndex]
  if (last === undefined) return { _tag: "CallModel" }
  const answered = new Set(
    transcript
      .slice(lastIndex + 1)
      .flatMap((entry) => entry.parts)
      .flatMap((part) => (part._tag === "ToolResult" ? [part.id] : []))
  )
  const asked = calls(last.parts)
  const open = asked.find((call) => !answered.has(call.id))
  if (open !== undefined) {
    const step = steps.findLast((one) => one.kind === "tool" && one.callId === open.id)
    return nextForCall(open, step, question)
  }
  const outcome = steps.findLast((one) => one.kind === "model" && one.state === "finished")?.outcome
  if (asked.length > 0 || outcome === "pause") return { _tag: "CallModel" }
  return { _tag: "Respond", text: spoken(transcript) }
}
