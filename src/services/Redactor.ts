// SPDX-License-Identifier: MIT OR Apache-2.0
/** The four doors that text passes (invariant 8): no secret that Blufio holds gets through them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { SecretName, Secrets } from "./Secrets.ts"

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
    readonly inbound: (text: string) => string
    /** What a tool answers, before it is stored or shown to a model. */
    readonly toolResult: (text: string) => string
    /** What we say. */
    readonly outbound: (text: string) => string
    readonly log: (text: string) => string
    /** `outbound` for text that comes in pieces, wherever a secret is cut. One per stream. */
    readonly outboundPieces: () => Pieces
  }
>()("blufio/services/Redactor") {
  static readonly layer = Layer.effect(
    Redactor,
    Effect.gen(function* () {
      const secrets = yield* Secrets
      const held: Array<{ readonly name: string; readonly value: string }> = []
      for (const name of SecretName.literals) {
        const secret = yield* secrets.get(name)
        if (Option.isSome(secret)) held.push({ name, value: Redacted.value(secret.value) })
      }
      const scrub = (text: string) =>
        held.reduce((clean, { name, value }) => clean.replaceAll(value, `[${name}]`), text)
      const values = held.map(({ value }) => value)
      const outboundPieces = (): Pieces => {
        let kept = ""
        return {
          push: (piece) => {
            const text = scrub(kept + piece)
            const open = openEnd(text, values)
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
        inbound: scrub,
        toolResult: scrub,
        outbound: scrub,
        log: scrub
      })
    })
  )
}
