// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vendor's prompt cache: prefixes are kept at breakpoints and found again byte for byte. */
import { createHash } from "node:crypto"
import { type Block, blocksOf, type CountBody } from "./Body.ts"
import type { Model } from "./models.ts"
import { blockTokens, textTokens, toolTokens } from "./tokens.ts"

type Ttl = "5m" | "1h"

interface Piece {
  readonly bytes: string
  readonly tokens: number
  readonly breakpoint: Ttl | undefined
}

type Marked = Block | NonNullable<CountBody["tools"]>[number]

const piece = (where: string, value: Marked, tokens: number): Piece => {
  const mark = "cache_control" in value ? value.cache_control : undefined
  return {
    bytes: where + JSON.stringify({ ...value, cache_control: undefined }),
    tokens,
    breakpoint: mark ? (mark.ttl ?? "5m") : undefined
  }
}

/** Tools, system, messages: the order in which a prefix is read. */
const pieces = (body: CountBody): ReadonlyArray<Piece> => {
  const system =
    typeof body.system === "string"
      ? [{ type: "text" as const, text: body.system }]
      : (body.system ?? [])
  const all = [
    ...(body.tools ?? []).map((tool) => piece("tool", tool, toolTokens(tool))),
    ...system.map((block) => piece("system", block, textTokens(block.text))),
    ...body.messages.flatMap((message) =>
      blocksOf(message).map((block) => piece(message.role, block, blockTokens(block)))
    )
  ]
  const last = all.at(-1)
  if (last === undefined || !body.cache_control || last.breakpoint !== undefined) return all
  return [...all.slice(0, -1), { ...last, breakpoint: body.cache_control.ttl ?? "5m" }]
}

export const breakpoints = (body: CountBody): ReadonlyArray<Ttl> =>
  pieces(body).flatMap((piece) => (piece.breakpoint === undefined ? [] : [piece.breakpoint]))

export const promptTokens = (body: CountBody): number =>
  pieces(body).reduce((sum, piece) => sum + piece.tokens, 0)

export interface PromptUsage {
  readonly input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number
    readonly ephemeral_1h_input_tokens: number
  }
}

export const makeCache = () => {
  const kept = new Set<string>()

  /** Reads the longest kept prefix and keeps those that end at a breakpoint. */
  return (body: CountBody, model: Model): PromptUsage => {
    const hash = createHash("sha256").update(model.id)
    let total = 0
    let read = 0
    let written5m = 0
    let written1h = 0
    let covered = 0
    const ends = pieces(body).map((piece) => {
      hash.update(`\n${piece.bytes}`)
      total += piece.tokens
      return { key: hash.copy().digest("hex"), total, breakpoint: piece.breakpoint }
    })
    const lastBreakpoint = ends.findLastIndex((end) => end.breakpoint !== undefined)
    for (const end of ends.slice(0, lastBreakpoint + 1)) if (kept.has(end.key)) read = end.total
    covered = read
    for (const end of ends) {
      if (end.breakpoint === undefined || end.total < model.cacheable) continue
      kept.add(end.key)
      if (end.total <= covered) continue
      if (end.breakpoint === "1h") written1h += end.total - covered
      else written5m += end.total - covered
      covered = end.total
    }
    return {
      input_tokens: total - covered,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written5m + written1h,
      cache_creation: {
        ephemeral_5m_input_tokens: written5m,
        ephemeral_1h_input_tokens: written1h
      }
    }
  }
}
