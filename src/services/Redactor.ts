// SPDX-License-Identifier: MIT OR Apache-2.0
/** The four doors that text passes (invariant 8): no secret gets through them, whoever's it is. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { makeHeldValues } from "../domain/redaction/held.ts"
import { makePieces, type Pieces } from "../domain/redaction/pieces.ts"
import { replaceFindings, scan } from "../domain/redaction/scan.ts"
import { substituteName } from "../domain/redaction/units.ts"
import { KeyedHash } from "./KeyedHash.ts"

/** A text without its secrets, and what kinds of them stood in it, each once. */
export interface Scrubbed {
  readonly text: string
  readonly kinds: ReadonlyArray<string>
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
    readonly learn: (name: string, value: Redacted.Redacted) => void
    /**
     * The same for a value in UTF-8 that nobody has used yet: only keyed hashes of it are kept, and
     * the caller wipes the bytes. Values under 8 characters are too common to be looked for.
     */
    readonly watch: (name: string, value: Uint8Array) => void
    /** The value is not this secret's any more; what was learnt of earlier values stays. */
    readonly unwatch: (name: string) => void
  }
>()("blufio/services/Redactor") {
  static readonly layer = Layer.effect(
    Redactor,
    Effect.map(KeyedHash, (keyedHash) => {
      const held = makeHeldValues(keyedHash)

      /** Without the values that we hold ourselves. */
      const withoutHeld = (text: string, found: (name: string) => void): string => {
        const stored = held.find(text)
        for (const { kind } of stored) found(kind)
        return replaceFindings(text, stored, substituteName)
      }
      const inbound = (text: string): Scrubbed => {
        const kinds = new Set<string>()
        const rest = withoutHeld(text, (name) => kinds.add(name))
        const shown = scan(rest)
        for (const { kind } of shown) kinds.add(kind)
        return { text: replaceFindings(rest, shown), kinds: [...kinds] }
      }
      const scrub = (text: string) => inbound(text).text

      const outboundPieces = () =>
        makePieces({
          withoutHeld: (text) => withoutHeld(text, () => undefined),
          openFrom: held.openFrom
        })

      return Redactor.of({
        inbound,
        toolResult: scrub,
        outbound: scrub,
        log: scrub,
        outboundPieces,
        learn: (name, value) => held.learn(name, Redacted.value(value)),
        watch: held.watch,
        unwatch: held.unwatch
      })
    })
  )
}
