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

const lives = { "5m": 5 * 60_000, "1h": 60 * 60_000 }

/** From each breakpoint so many blocks before it are looked at, and no more. */
const lookBack = 20

interface Kept {
  readonly ttl: Ttl
  readonly until: number
}

/**
 * Prefixes live for five minutes or an hour after they were written or read last. `now` is asked
 * for the time in milliseconds.
 */
export const makeCache = (now: () => number) => {
  const kept = new Map<string, Kept>()

  /** Reads the longest prefix that a breakpoint finds, and keeps those that end at a breakpoint. */
  return (body: CountBody, model: Model): PromptUsage => {
    const at = now()
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
    for (const [index, end] of ends.entries()) {
      if (end.breakpoint === undefined) continue
      for (let back = index; back >= Math.max(0, index - lookBack); back--) {
        const { key, total } = ends[back]!
        const found = kept.get(key)
        if (found === undefined || found.until <= at) continue
        kept.set(key, { ttl: found.ttl, until: at + lives[found.ttl] })
        read = Math.max(read, total)
        break
      }
    }
    covered = read
    for (const end of ends) {
      if (end.breakpoint === undefined || end.total < model.cacheable) continue
      const known = kept.get(end.key)
      const ttl = known !== undefined && known.until > at ? known.ttl : end.breakpoint
      kept.set(end.key, { ttl, until: at + lives[ttl] })
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
