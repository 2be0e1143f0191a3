// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the demo model says to a prompt: a pure function of it. */
import type * as Prompt from "effect/ai/Prompt"
import * as Predicate from "effect/Predicate"

export type DemoAnswer =
  | { readonly _tag: "Say"; readonly text: string }
  | {
      readonly _tag: "Use"
      readonly id: string
      readonly tool: string
      readonly params: Readonly<Record<string, string | number>>
    }

const introduction =
  "This is the demo model: it is free, works offline and knows a few tricks only. " +
  "For a real one: blufio secret set ANTHROPIC_API_KEY, and start Blufio again."

const tricks =
  'Try "what time is it?", "calculate (3 + 4) * 6" or "wait 5 seconds"; /help lists the commands.'

/** The words of the newest user message, without what Blufio added to it in square brackets. */
const lastWords = (message: Prompt.Message | undefined): string =>
  message?.role !== "user"
    ? ""
    : message.content
        .flatMap((part) => (part.type === "text" && !part.text.startsWith("[") ? [part.text] : []))
        .join("\n")
        .trim()

const requests: ReadonlyArray<{
  readonly tool: string
  readonly pattern: RegExp
  readonly params: (match: RegExpExecArray) => Readonly<Record<string, string | number>>
}> = [
  {
    tool: "wait",
    pattern: /\bwait\s+(?:for\s+)?(\d+(?:\.\d+)?)/i,
    params: (match) => ({ seconds: Math.min(60, Number(match[1])) })
  },
  {
    tool: "calculate",
    pattern: /\b(?:calculate|compute|what is|how much is)\s+([-+\d(][^?=]*)/i,
    params: (match) => ({ expression: match[1]!.trim() })
  },
  { tool: "current_time", pattern: /\b(?:time|date|day)\b/i, params: () => ({}) }
]

export const answer = (prompt: Prompt.Prompt, tools: ReadonlyArray<string>): DemoAnswer => {
  const messages = prompt.content
  const last = messages.at(-1)
  if (last?.role === "tool") {
    const results = last.content.flatMap((part) =>
      part.type === "tool-result" && Predicate.isString(part.result)
        ? [`${part.name}: ${part.result}`]
        : []
    )
    return { _tag: "Say", text: results.join("\n") }
  }
  const words = lastWords(last)
  for (const { params, pattern, tool } of requests) {
    const match = pattern.exec(words)
    if (match !== null && tools.includes(tool))
      return { _tag: "Use", id: `demo_${messages.length}`, tool, params: params(match) }
  }
  const first = messages.every((message) => message.role !== "assistant")
  const reply = words === "" ? tricks : `You said: ${words}\n\n${tricks}`
  return { _tag: "Say", text: first ? `${introduction}\n\n${reply}` : reply }
}
