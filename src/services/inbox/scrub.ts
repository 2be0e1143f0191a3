// SPDX-License-Identifier: MIT OR Apache-2.0
/** Takes secrets out of what people send, before it is stored. */
import type { Part } from "../../domain/Message.ts"
import type { Redactor } from "../Redactor.ts"

type Inbound = Redactor["Service"]["inbound"]
type Parts = ReadonlyArray<Part>

export interface Clean {
  readonly parts: Parts
  /** What kinds of secrets there were, each once. */
  readonly kinds: ReadonlyArray<string>
}

/** The texts and the names that senders chose. */
export const scrubParts = (inbound: Inbound, parts: Parts): Clean => {
  const kinds = new Set<string>()
  const clean = (text: string) => {
    const scrubbed = inbound(text)
    for (const kind of scrubbed.kinds) kinds.add(kind)
    return scrubbed.text
  }
  const cleaned = parts.map((part): Part => {
    if (part._tag === "Text") return { ...part, text: clean(part.text) }
    if (part._tag !== "Attachment") return part
    return { ...part, name: clean(part.name), mediaType: clean(part.mediaType) }
  })
  return { parts: cleaned, kinds: [...kinds] }
}

/** Stands where nothing is left of a message. */
const nothing = "…"

const commonLength = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length)
  for (let at = 0; at < most; at++) if (one[at] !== other[at]) return at
  return most
}

export interface Cut {
  readonly before: Parts
  readonly after: Parts
  readonly kinds: ReadonlyArray<string>
}

/**
 * A secret that ends one message and goes on in the next, as where Telegram's apps cut a long paste.
 * What stands in its place goes to the second one. `undefined`: there is none. Both are scrubbed.
 */
export const cutSecret = (inbound: Inbound, before: Parts, after: Parts): Cut | undefined => {
  const isTyped = (part: Part) => part._tag === "Text" && part.origin === "person"
  const last = before.findLastIndex(isTyped)
  const first = after.findIndex(isTyped)
  const one = before[last]
  const other = after[first]
  if (one?._tag !== "Text" || other?._tag !== "Text") return undefined
  const joined = one.text + other.text
  const { kinds, text } = inbound(joined)
  if (text === joined) return undefined
  const kept = commonLength(one.text, text)
  return {
    before: before.with(last, { ...one, text: text.slice(0, kept) || nothing }),
    after: after.with(first, { ...other, text: text.slice(kept) || nothing }),
    kinds
  }
}
