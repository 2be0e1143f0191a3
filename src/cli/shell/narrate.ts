// SPDX-License-Identifier: MIT OR Apache-2.0
/** From what the daemon tells of a session to what stands on the screen: a pure function. */
import type { WatchEvent } from "../../api/schemas.ts"
import { printable } from "../../domain/printable.ts"

export interface Piece {
  readonly text: string
  /** An aside, not a part of the reply. */
  readonly dim: boolean
}

/**
 * Deltas and messages travel apart, so either may come first; a message is what counts. Commands
 * are answered while a reply streams.
 */
export interface Narration {
  /** What is shown of a reply whose message has not come yet. */
  readonly streamed: string
  /** The part of it since a turn or command was last said to be over: what came before may be stale. */
  readonly sinceIdle: string
  /** The part of it that belongs to the current step, and is void when that is tried again. */
  readonly step: string
  /** Shown already by a message that overtook its deltas. */
  readonly ahead: string
  readonly midLine: boolean
  readonly thinking: boolean
}

export const silence: Narration = {
  streamed: "",
  sinceIdle: "",
  step: "",
  ahead: "",
  midLine: false,
  thinking: false
}

type Told = readonly [Narration, ReadonlyArray<Piece>]

const say = (narration: Narration, text: string, dim = false): Told =>
  text === "" ? [narration, []] : [{ ...narration, midLine: !text.endsWith("\n") }, [{ text, dim }]]

/** On a line of its own when `text` does not go on with what stands there. */
const sayFresh = (narration: Narration, text: string, dim = false): Told =>
  say(narration, narration.midLine ? `\n${text}` : text, dim)

/** A paragraph's break is not needed where a line ended already. */
const visible = ({ midLine }: Narration, text: string) =>
  midLine ? text : text.replace(/^\n+/, "")

const delta = (narration: Narration, text: string): Told => {
  const { ahead, sinceIdle, step, streamed, thinking } = narration
  if (ahead !== "" && (ahead.startsWith(text) || ahead === text.trimEnd())) {
    return [{ ...narration, ahead: ahead.slice(text.length) }, []]
  }
  const grown = {
    ...narration,
    streamed: streamed + text,
    sinceIdle: sinceIdle + text,
    step: step + text,
    ahead: "",
    thinking: false
  }
  return thinking ? sayFresh(grown, text) : say(grown, visible(narration, text))
}

/** What a message has beyond what was streamed of it; undefined when it is another one. */
const restOf = (message: string, streamed: string): string | undefined => {
  if (message.startsWith(streamed)) return message.slice(streamed.length)
  return message.trimEnd() === streamed.trimEnd() ? "" : undefined
}

const message = (narration: Narration, text: string): Told => {
  const { sinceIdle, streamed, thinking } = narration
  const rest = restOf(text, streamed) ?? (sinceIdle === "" ? undefined : restOf(text, sinceIdle))
  const quiet = { ...narration, thinking: false }
  if (rest === undefined) {
    return sayFresh(quiet, `${text.trimEnd()}\n`)
  }
  const done = { ...quiet, streamed: "", sinceIdle: "", step: "", ahead: rest }
  const line = visible(narration, rest.trimEnd())
  if (line === "" && !narration.midLine) return [done, []]
  return streamed === "" || thinking ? sayFresh(done, `${line}\n`) : say(done, `${line}\n`)
}

const without = (text: string, end: string) =>
  text.endsWith(end) ? text.slice(0, text.length - end.length) : ""

const seconds = (millis: number) => `${Math.max(1, Math.round(millis / 1000))} s`

const toolStates: Readonly<Record<string, string>> = { started: " …", failed: " failed" }

export const narrate = (narration: Narration, event: WatchEvent): Told => {
  switch (event._tag) {
    case "delta":
      return delta(narration, printable(event.text))
    case "message":
      return message(narration, printable(event.text))
    case "thinking": {
      const text = printable(event.text)
      const thinking = { ...narration, thinking: true }
      return narration.thinking ? say(thinking, text, true) : sayFresh(thinking, text, true)
    }
    case "tool": {
      const next = { ...narration, step: "", thinking: false }
      const state = toolStates[event.state]
      return state === undefined
        ? [next, []]
        : sayFresh(next, `[tool ${printable(event.name)}${state}]\n`, true)
    }
    case "retrying": {
      const { sinceIdle, step, streamed } = narration
      return sayFresh(
        {
          ...narration,
          streamed: without(streamed, step),
          sinceIdle: without(sinceIdle, step),
          step: "",
          thinking: false
        },
        `[${printable(event.cause)} (in ${seconds(event.after_ms)})]\n`,
        true
      )
    }
    case "idle":
      return [{ ...narration, sinceIdle: "", step: "", ahead: "", thinking: false }, []]
  }
}
