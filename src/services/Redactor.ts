// SPDX-License-Identifier: MIT OR Apache-2.0
/** The four doors that text passes (invariant 8): no secret that Blufio holds gets through them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { SecretName, Secrets } from "./Secrets.ts"

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
      return Redactor.of({ inbound: scrub, toolResult: scrub, outbound: scrub, log: scrub })
    })
  )
}
