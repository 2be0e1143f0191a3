// SPDX-License-Identifier: MIT OR Apache-2.0
/** Gathers the parts of a streamed answer into those of a whole one. */
import type * as Response from "effect/ai/Response"

/** Text and thinking arrive in pieces; everything else of an answer is whole already. */
export const collectParts = (
  parts: ReadonlyArray<Response.StreamPartEncoded>
): Array<Response.PartEncoded> => {
  const open = new Map<string, string>()
  return parts.flatMap((part): ReadonlyArray<Response.PartEncoded> => {
    switch (part.type) {
      case "text-start":
      case "reasoning-start":
        open.set(part.id, "")
        return []
      case "text-delta":
      case "reasoning-delta":
        open.set(part.id, (open.get(part.id) ?? "") + part.delta)
        return []
      case "text-end":
        return [{ type: "text", text: open.get(part.id) ?? "" }]
      case "reasoning-end":
        return [{ type: "reasoning", text: open.get(part.id) ?? "", metadata: part.metadata }]
      case "tool-call":
      case "response-metadata":
      case "finish":
        return [part]
      default:
        return []
    }
  })
}
