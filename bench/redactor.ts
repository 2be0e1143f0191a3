// SPDX-License-Identifier: MIT OR Apache-2.0
/** How much text the redactor reads in a second, with a vault of twenty values to look for. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import * as NodeKeyedHash from "../src/layers/NodeKeyedHash.ts"
import { Redactor } from "../src/services/Redactor.ts"
import { median } from "./statistics.ts"

const size = 2 * 1024 * 1024
const runs = 9
const pieceLength = 24

const digest = (seed: number) => createHash("sha256").update(String(seed))
const words =
  "the agent answered a message about bread and the weather in the morning, then it waited for more ".split(
    " "
  )

const grown = (line: (index: number) => string): string => {
  const lines: Array<string> = []
  for (let length = 0, index = 0; length < size; index++) {
    const next = line(index)
    lines.push(next)
    length += next.length
  }
  return lines.join("").slice(0, size)
}

const source = () => {
  const folder = join(import.meta.dirname, "../src/services")
  const text = readFileSync(join(folder, "Inbox.ts"), "utf8")
  return grown(() => text)
}

/** None of them holds a secret. */
const texts: Readonly<Record<string, () => string>> = {
  prose: () =>
    grown((index) => `${words.slice(index % 7).join(" ")}${index % 9 === 0 ? ".\n" : ""}`),
  source,
  log_lines: () =>
    grown(
      (index) =>
        `timestamp=2026-11-23T08:00:${index % 60}Z level=INFO fiber=#${index} message="turn finished" ` +
        `session=${digest(index).digest("hex").slice(0, 12)} cost_usd=0.00${index % 90}\n`
    ),
  hashes_and_base64: () =>
    grown((index) => `${digest(index).digest("hex")} ${digest(index).digest("base64")}\n`)
}

const megabytesPerSecond = (text: string, use: (text: string) => void) => {
  const rates: Array<number> = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    use(text)
    rates.push(Buffer.byteLength(text) / 1e6 / ((performance.now() - start) / 1000))
  }
  return Math.round(median(rates))
}

export const redactor = Effect.gen(function* () {
  const { inbound, learn, outboundPieces, watch } = yield* Redactor
  for (let index = 0; index < 20; index++) {
    const value = `value ${digest(index).digest("base64url").slice(0, 30)}`
    if (index < 2) learn(`USED_${index}`, Redacted.make(value))
    else watch(`STORED_${index}`, new TextEncoder().encode(value))
  }
  const streamed = (text: string) => {
    const pieces = outboundPieces()
    for (let at = 0; at < text.length; at += pieceLength)
      pieces.push(text.slice(at, at + pieceLength))
    pieces.rest()
  }
  const made = Object.entries(texts).map(([name, make]) => [name, make()] as const)
  return {
    values_looked_for: 20,
    whole_mb_per_s: Object.fromEntries(
      made.map(([name, text]) => [name, megabytesPerSecond(text, inbound)])
    ),
    /** In pieces of 24 characters, as a model streams them. */
    streamed_mb_per_s: Object.fromEntries(
      made.map(([name, text]) => [name, megabytesPerSecond(text.slice(0, 256 * 1024), streamed)])
    )
  }
}).pipe(Effect.provide(Layer.provide(Redactor.layer, NodeKeyedHash.layer)))
