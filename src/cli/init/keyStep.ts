// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: a key, asked for, stored in the vault and tried, until it works or is left for later. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SecretName } from "../../domain/secretName.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { Vault } from "../../services/Vault.ts"
import { Questions } from "./Questions.ts"

/** What came of trying a key. */
export type Trial<A> =
  | { readonly _tag: "Works"; readonly what: A; readonly text: string }
  | { readonly _tag: "Refused"; readonly text: string }
  /** It could not be found out, for want of a network or of money. */
  | { readonly _tag: "Unproven"; readonly text: string }

export interface Key<A, E, R> {
  readonly name: SecretName
  readonly question: string
  readonly skipped: string
  readonly try: Effect.Effect<Trial<A>, E, R>
}

/** How often a person is asked anew after a refusal. */
const tries = 3

const store = Effect.fnUntraced(function* (name: SecretName, value: Uint8Array) {
  const vault = yield* Vault
  yield* vault.put(name, value).pipe(Effect.ensuring(Effect.sync(() => value.fill(0))))
})

const isStored = Effect.fnUntraced(function* (name: SecretName) {
  const vault = yield* Vault
  return (yield* vault.list).some((row) => row.name === name)
})

/** A key that stands in the environment is as good as typed: it moves into the vault unasked. */
const fromEnvironment = Effect.fnUntraced(function* (name: SecretName) {
  const questions = yield* Questions
  const environment = yield* Environment
  const value = (environment[name] ?? "").trim()
  if (value === "" || !questions.isInteractive) return Option.none<Uint8Array>()
  yield* questions.say(`${name}: taken from the environment into the vault`)
  return Option.some(new TextEncoder().encode(value))
})

const report = Effect.fnUntraced(function* <A>(name: SecretName, trial: Trial<A>) {
  const questions = yield* Questions
  const mark = { Works: "✓", Refused: "✗", Unproven: "?" }[trial._tag]
  yield* questions.say(`${mark} ${name}: ${trial.text}`)
})

/** The outcome of the last trial; none when no key is known in the end. */
export const keyStep = Effect.fn("init.key")(function* <A, E, R>(key: Key<A, E, R>) {
  const { name, question, skipped } = key
  const questions = yield* Questions
  const isKnown = yield* isStored(name)
  const replace =
    !isKnown || (yield* questions.confirm(`${name} is in the vault. Give another?`, false))
  for (let attempt = 1; ; attempt++) {
    if (replace) {
      const given = attempt === 1 && !isKnown ? yield* fromEnvironment(name) : Option.none()
      const value = Option.isSome(given) ? given : yield* questions.secret(name, question)
      if (Option.isSome(value)) yield* store(name, value.value)
      else if (!isKnown) {
        yield* questions.say(`- ${name}: ${skipped}`)
        return Option.none<Trial<A>>()
      }
    }
    const trial = yield* key.try
    yield* report(name, trial)
    const again = trial._tag === "Refused" && questions.isInteractive && replace
    if (!again || attempt === tries) return Option.some(trial)
  }
})
