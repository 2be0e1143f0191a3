// SPDX-License-Identifier: MIT OR Apache-2.0
/** What can be seen of a turn while it runs: its growing reply, and events for those who watch. */
import * as Effect from "effect/Effect"
import type { Address } from "../OutboxStore.ts"
import type { Redactor } from "../Redactor.ts"
import type { TurnEvents } from "../TurnEvents.ts"
import type { Draft } from "./Draft.ts"

/** How much of the model's thinking stands in the reply before there is text, in characters. */
const thinkingTail = 160
/** Fewer held-back characters than this are no part of a secret that could be used. */
const tellingLength = 8

const joined = (...texts: ReadonlyArray<string>) =>
  texts.filter((text) => text.trim() !== "").join("\n\n")

export const make = (
  address: Address,
  draft: Draft | undefined,
  events: TurnEvents["Service"],
  redactor: Redactor["Service"]
) => {
  const about = { session: address.session, inReplyTo: address.inReplyTo }
  let said = ""
  let current = ""
  let thinking = ""
  let note = ""
  let textPieces = redactor.outboundPieces()
  let thinkingPieces = redactor.outboundPieces()

  const restart = () => {
    current = ""
    thinking = ""
    textPieces = redactor.outboundPieces()
    thinkingPieces = redactor.outboundPieces()
  }
  const { publish } = events
  const show = Effect.suspend(() => {
    if (draft === undefined) return Effect.void
    const tail = thinking.slice(-thinkingTail).replace(/\s+/g, " ").trim()
    const aside = current !== "" ? "" : note !== "" ? note : tail === "" ? "" : `💭 ${tail}`
    return draft.show(joined(said, current, aside))
  })

  const say = (text: string) => {
    if (text === "") return Effect.void
    const separator = current === "" && said !== "" ? "\n\n" : ""
    current += text
    return Effect.andThen(publish({ _tag: "Delta", ...about, text: separator + text }), show)
  }
  const think = (text: string) => {
    if (text === "") return Effect.void
    thinking += text
    return Effect.andThen(publish({ _tag: "Thinking", ...about, text }), show)
  }

  return {
    address,
    /** Nothing more is shown from here on; must come before the final text is queued. */
    close: draft?.close ?? Effect.void,
    /** A model step begins: `text` is what earlier steps of the turn said. */
    begin: (text: string) =>
      Effect.sync(() => {
        said = text
        note = ""
        restart()
      }),
    text: (piece: string) => Effect.suspend(() => say(textPieces.push(piece))),
    thinking: (piece: string) => Effect.suspend(() => think(thinkingPieces.push(piece))),
    /** The model step is over: what was held back is said. */
    end: Effect.suspend(() => Effect.andThen(think(thinkingPieces.rest()), say(textPieces.rest()))),
    /** What was streamed of this step is void. */
    retrying: (cause: string, afterMillis: number) =>
      Effect.suspend(() => {
        restart()
        note = `⏳ ${cause}`
        return Effect.andThen(publish({ _tag: "Retrying", ...about, cause, afterMillis }), show)
      }),
    tool: (name: string, state: "started" | "finished" | "failed") =>
      Effect.suspend(() => {
        if (state === "started") {
          said = joined(said, current)
          current = ""
          note = `🔧 ${name} …`
        }
        return Effect.andThen(publish({ _tag: "Tool", ...about, name, state }), show)
      }),
    done: (text: string, failure: string | null) =>
      publish({ _tag: "Done", ...about, text, failure }),
    /** Everything said so far, finished or not; after it nothing more comes. */
    partial: () => {
      const held = textPieces.rest()
      if (held.length < tellingLength) current += held
      return joined(said, current)
    }
  }
}

export type Live = ReturnType<typeof make>
