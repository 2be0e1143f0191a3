// SPDX-License-Identifier: MIT OR Apache-2.0
/** Opens the vault at the start of the agent, with what it was given or what a person types. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Passphrase } from "../../services/Passphrase.ts"
import { Vault } from "../../services/Vault.ts"

const tries = 3

const using = Effect.fnUntraced(function* (passphrase: Uint8Array) {
  const vault = yield* Vault
  yield* vault.open(passphrase).pipe(Effect.ensuring(Effect.sync(() => passphrase.fill(0))))
})

/** False when nobody is there to type. A typed error is told and asked again, a few times. */
const typed = Effect.fnUntraced(function* () {
  const passphrase = yield* Passphrase
  for (let attempt = 1; ; attempt++) {
    const bytes = yield* passphrase.ask("Passphrase of the vault: ")
    if (Option.isNone(bytes)) return false
    const failure = yield* using(bytes.value).pipe(
      Effect.as(undefined),
      Effect.catchTag("WrongPassphrase", Effect.succeed)
    )
    if (failure === undefined) return true
    if (attempt === tries) return yield* failure
    yield* Console.error(failure.message)
  }
})

const open = Effect.gen(function* () {
  const passphrase = yield* Passphrase
  const vault = yield* Vault
  if ((yield* vault.state) === "locked") {
    const found = yield* passphrase.find
    if (Option.isSome(found)) yield* using(found.value)
    else if (!(yield* typed()))
      yield* Effect.logWarning("the vault is locked: no passphrase was given")
  }
  yield* passphrase.forget
})

/** A wrong passphrase ends the start; none at all leaves the vault locked. */
export const layer = Layer.effectDiscard(open)
