// SPDX-License-Identifier: MIT OR Apache-2.0
/** The four doors that text passes (invariant 8): no secret that Blufio holds gets through them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { SecretName } from "../domain/secretName.ts"

/** A text without its secrets, and what kinds of them stood in it, each once. */
export interface Scrubbed {
  readonly text: string
  readonly kinds: ReadonlyArray<string>
}

export interface Pieces {
  /** What may be said now; the beginning of what could be a secret is held back. */
  readonly push: (piece: string) => string
  /** What was held back, once no more comes. */
  readonly rest: () => string
}

/** The length of the longest end of `text` with which one of the values could begin. */
const openEnd = (text: string, values: ReadonlyArray<string>): number => {
  const longest = Math.max(0, ...values.map((value) => value.length - 1))
  for (let length = Math.min(longest, text.length); length > 0; length--) {
    const end = text.slice(-length)
    if (values.some((value) => value.startsWith(end))) return length
  }
  return 0
}

export class Redactor extends Context.Service<
  Redactor,
  {
    /** What a person or a program sends us. */
    readonly inbound: (text: string) => Scrubbed
    /** What a tool answers, before it is stored or shown to a model. */
    readonly toolResult: (text: string) => string
    /** What we say. */
    readonly outbound: (text: string) => string
    readonly log: (text: string) => string
    /** `outbound` for text that comes in pieces, wherever a secret is cut. One per stream. */
    readonly outboundPieces: () => Pieces
    /** From now on this value is taken out wherever it stands; the name takes its place. */
    readonly learn: (name: SecretName, value: Redacted.Redacted) => void
    /**
     * The same for a value in UTF-8 that nobody has used yet: only keyed hashes of it are kept, and
     * the caller wipes the bytes. Values under 8 characters are too common to be looked for.
     */
    readonly watch: (name: SecretName, value: Uint8Array) => void
    /** The value is not this secret's any more; what was learnt of earlier values stays. */
    readonly unwatch: (name: SecretName) => void
  }
>()("blufio/services/Redactor") {
  static readonly layer = Layer.effect(
    Redactor,
    Effect.sync(() => {
      const held: Array<{ readonly name: string; readonly value: string }> = []
      const scrub = (text: string) =>
        held.reduce((clean, { name, value }) => clean.replaceAll(value, `[${name}]`), text)
      const outboundPieces = (): Pieces => {
        let kept = ""
        return {
          push: (piece) => {
            const text = scrub(kept + piece)
            const open = openEnd(
              text,
              held.map(({ value }) => value)
            )
            kept = text.slice(text.length - open)
            return text.slice(0, text.length - open)
          },
          rest: () => {
            const text = kept
            kept = ""
            return text
          }
        }
      }
      return Redactor.of({
        outboundPieces,
        inbound: (text) => ({ text: scrub(text), kinds: [] }),
        toolResult: scrub,
        outbound: scrub,
        log: scrub,
        learn: (name, value) => void held.push({ name, value: Redacted.value(value) }),
        watch: () => undefined,
        unwatch: () => undefined
      })
    })
  )
}
