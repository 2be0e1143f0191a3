// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: a key, asked for, tried, and stored in the vault when it was not refused. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { withoutMargins } from "../../domain/margins.ts"
import type { SecretName } from "../../domain/secretName.ts"
import { Candidates } from "../../layers/CandidateSecrets.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { Secrets } from "../../services/Secrets.ts"
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
  /** Tries the key that `Secrets` holds. */
  readonly try: Effect.Effect<Trial<A>, E, R>
}

/** How often a person is asked anew after a refusal. */
const tries = 3

const isStored = Effect.fnUntraced(function* (name: SecretName) {
  const vault = yield* Vault
  return (yield* vault.list).some((row) => row.name === name)
})

const report = Effect.fnUntraced(function* <A>(name: SecretName, trial: Trial<A>, addition = "") {
  const questions = yield* Questions
  const mark = { Works: "✓", Refused: "✗", Unproven: "?" }[trial._tag]
  yield* questions.say(`${mark} ${name}: ${trial.text}${addition}`)
})

const outside = Effect.fnUntraced(function* (name: SecretName) {
  return ((yield* Environment)[name] ?? "").trim()
})

/** A key that stands in the environment is as good as typed. */
const fromEnvironment = Effect.fnUntraced(function* (name: SecretName) {
  const questions = yield* Questions
  const value = yield* outside(name)
  if (value === "" || !questions.isInteractive) return Option.none<Uint8Array>()
  yield* questions.say(`${name}: taken from the environment`)
  return Option.some<Uint8Array>(new TextEncoder().encode(value))
})

/** What was set up is not what is used where the environment has another one. */
const warnOfEnvironment = Effect.fnUntraced(function* (name: SecretName) {
  const questions = yield* Questions
  const { get } = yield* Secrets
  const value = yield* outside(name)
  if (value === "") return
  const stored = Option.map(yield* get(name), (one) => Redacted.value(one).trim())
  if (Option.contains(stored, value)) return
  yield* questions.say(
    `! $${name} is set in this environment, to another value than the vault's. Where Blufio has ` +
      `it too, it wins: unset it, or store it with blufio secret set ${name}`
  )
})

/** Tries a value in the place of the stored one; stores it unless it is refused. */
const tryAndStore = Effect.fnUntraced(function* <A, E, R>(
  { name, try: attempt }: Key<A, E, R>,
  given: Uint8Array
) {
  const candidates = yield* Candidates
  const vault = yield* Vault
  const { value } = withoutMargins(given)
  given.fill(0)
  const text = Redacted.make(new TextDecoder().decode(value), { label: name })
  const trial = yield* candidates.trying(name, text, attempt)
  if (trial._tag !== "Refused") yield* vault.put(name, value)
  value.fill(0)
  yield* report(name, trial, trial._tag === "Refused" ? "; it is not stored" : "")
  return trial
})

/** The outcome of the last trial; none when no key was tried. */
export const keyStep = Effect.fn("init.key")(
  function* <A, E, R>(key: Key<A, E, R>) {
    const { name, question, skipped } = key
    const questions = yield* Questions
    const isKnown = yield* isStored(name)
    let last = Option.none<Trial<A>>()
    const tryStored = Effect.tap(key.try, (trial) => report(name, trial, "; it is in the vault"))
    if (isKnown && !(yield* questions.confirm(`${name} is in the vault. Give another?`, false))) {
      const trial = yield* tryStored
      last = Option.some(trial)
      if (trial._tag !== "Refused") return last
    }
    for (let attempt = 1; attempt <= tries; attempt++) {
      const found = attempt === 1 && !isKnown ? yield* fromEnvironment(name) : Option.none()
      const given = Option.isSome(found) ? found : yield* questions.secret(name, question)
      if (Option.isNone(given)) {
        if (!isKnown) yield* questions.say(`- ${name}: ${skipped}`)
        else if (Option.isNone(last)) last = Option.some(yield* tryStored)
        return last
      }
      const trial = yield* tryAndStore(key, given.value)
      last = Option.some(trial)
      if (trial._tag !== "Refused") return last
      if (!questions.isInteractive) break
    }
    yield* questions.say(`- ${name}: ${isKnown ? "the one in the vault stays" : skipped}`)
    return last
  },
  (step, { name }) => Effect.tap(step, () => warnOfEnvironment(name))
)
