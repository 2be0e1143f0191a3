// SPDX-License-Identifier: MIT OR Apache-2.0
/** Builds the prompt from its three zones: a pure function, so that equal inputs give equal bytes. */
import * as Prompt from "effect/ai/Prompt"
import * as Base64 from "effect/encoding/Base64"
import { hiddenNote, refusedNote } from "./files/words.ts"
import type { FilePart, Part, ToolCall, ToolResult } from "./Message.ts"
import type { CacheLife } from "./context/cacheLife.ts"
import type { Entry } from "./Turn.ts"

export interface Zones {
  /** Persona and rules: the prefix that the vendor caches. */
  readonly static: string
  /** The transcript, oldest first; each entry carries its own conditional parts. */
  readonly history: ReadonlyArray<Pick<Entry, "role" | "parts" | "conditional" | "model">>
  /** Who answers: reasoning of any other model is left out. */
  readonly model: string
  /** The bytes of the history's files by their hash; left out: there are none. */
  readonly files?: ReadonlyMap<string, Uint8Array>
  /** What a vendor's cache should keep, for adapters that know of one. */
  readonly cache?: CacheHints
}

/** `none`: not worth a place in the cache. */
export interface CacheHints {
  readonly prefix: CacheLife | "none"
  readonly history: CacheLife | "none"
}

/** What a model is told of a tool call that never got a result. */
const noResult = "No result: the call was not carried out."

/** Text from elsewhere stands between marks that it cannot close or open itself. */
const labelled = (part: { readonly origin: string; readonly trusted: boolean }, text: string) =>
  part.trusted
    ? text
    : `<untrusted origin="${part.origin}">\n${text.replaceAll(/<(?=\s*\/?\s*untrusted)/gi, "&lt;")}\n</untrusted>`

type UserPart = Prompt.UserMessagePartEncoded

const file = (part: FilePart, bytes: Uint8Array | undefined): UserPart => {
  if (bytes === undefined || part.problem !== undefined)
    return { type: "text", text: refusedNote(part) }
  const data =
    part.mediaType === "text/plain"
      ? Base64.encode(labelled(part, new TextDecoder().decode(bytes)))
      : Base64.encode(bytes)
  const options = part.pages === undefined ? {} : { blufio: { pages: part.pages } }
  return { type: "file", mediaType: part.mediaType, fileName: part.name, data, options }
}

const userPart =
  (files: ReadonlyMap<string, Uint8Array>) =>
  (part: Part): ReadonlyArray<UserPart> => {
    switch (part._tag) {
      case "Text":
        return part.text.trim() === "" ? [] : [{ type: "text", text: labelled(part, part.text) }]
      case "Attachment":
        return [{ type: "text", text: labelled(part, hiddenNote(part)) }]
      case "File":
        return [file(part, files.get(part.sha256))]
      default:
        return []
    }
  }

const assistantPart =
  (sameModel: boolean) =>
  (part: Part): ReadonlyArray<Prompt.AssistantMessagePartEncoded> => {
    switch (part._tag) {
      case "Text":
        return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }]
      case "Reasoning":
        return sameModel ? [{ type: "reasoning", text: part.text, options: part.providerData }] : []
      case "ToolCall":
        return [{ type: "tool-call", id: part.id, name: part.name, params: part.params }]
      default:
        return []
    }
  }

const resultPart = (result: ToolResult): Prompt.ToolMessagePartEncoded => ({
  type: "tool-result",
  id: result.id,
  name: result.name,
  isFailure: result.isFailure,
  result: labelled(result, result.text)
})

const missing = (call: ToolCall): Prompt.ToolMessagePartEncoded => ({
  type: "tool-result",
  id: call.id,
  name: call.name,
  isFailure: true,
  result: noResult
})

/** The results that belong to an assistant entry: those before the next one. */
const resultsAfter = (history: Zones["history"], index: number) => {
  const results = new Map<string, ToolResult>()
  for (const entry of history.slice(index + 1)) {
    if (entry.role === "assistant") break
    for (const part of entry.parts) if (part._tag === "ToolResult") results.set(part.id, part)
  }
  return results
}

const hint = (life: CacheLife | "none") => ({ anthropic: { cache: life } })

/** At the end of what never changes, at this model's own last answer, and at the end of everything. */
const hinted = (
  messages: ReadonlyArray<Prompt.MessageEncoded>,
  cache: CacheHints,
  own: Prompt.MessageEncoded | undefined
): ReadonlyArray<Prompt.MessageEncoded> =>
  messages.map((message, index) => {
    if (message.role === "system") return { ...message, options: hint(cache.prefix) }
    if (message === own) return { ...message, options: { anthropic: { answered: true } } }
    return index === messages.length - 1 ? { ...message, options: hint(cache.history) } : message
  })

/**
 * Every tool call is followed by exactly one result, whatever a crash or a stop left out; results
 * without a call and empty messages are dropped.
 */
export const assemble = (zones: Zones): Prompt.Prompt => {
  const { cache, files = new Map(), history, model, static: system } = zones
  const spelt = userPart(files)
  const messages: Array<Prompt.MessageEncoded> =
    system === "" ? [] : [{ role: "system", content: system }]
  let own: Prompt.MessageEncoded | undefined
  for (const [index, entry] of history.entries()) {
    if (entry.role === "user") {
      const content = [...entry.conditional, ...entry.parts].flatMap(spelt)
      if (content.length > 0) messages.push({ role: "user", content })
    } else if (entry.role === "assistant") {
      const content = entry.parts.flatMap(assistantPart(entry.model === model))
      if (content.length > 0) messages.push({ role: "assistant", content })
      if (content.length > 0 && entry.model === model) own = messages.at(-1)
      const results = resultsAfter(history, index)
      const answers = entry.parts.flatMap((part) => {
        if (part._tag !== "ToolCall") return []
        const result = results.get(part.id)
        return [result === undefined ? missing(part) : resultPart(result)]
      })
      if (answers.length > 0) messages.push({ role: "tool", content: answers })
    }
  }
  return Prompt.make(cache === undefined ? messages : hinted(messages, cache, own))
}
