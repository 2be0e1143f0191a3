// SPDX-License-Identifier: MIT OR Apache-2.0
/** Opens the vault at the start of the agent, with what it was given or what a person types. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Passphrase } from "../../services/Passphrase.ts"
import { doesNotOpen, Vault, VaultDamaged } from "../../services/Vault.ts"

const tries = 3

const using = Effect.fnUntraced(function* (passphrase: Uint8Array) {
  const vault = yield* Vault
  yield* vault.open(passphrase).pipe(Effect.ensuring(Effect.sync(() => passphrase.fill(0))))
})

const question = "Passphrase of the vault (Enter alone starts with the vault locked): "

/** False when nobody types one. A typed error is told and asked again, a few times. */
const typed = Effect.fnUntraced(function* () {
  const passphrase = yield* Passphrase
  for (let attempt = 1, told = ""; ; attempt++, told = `${doesNotOpen}\n`) {
    // Told with the question: a shell keeps everything else off the terminal.
    const bytes = yield* passphrase.ask(told + question)
    if (Option.isNone(bytes) || bytes.value.length === 0) return false
    const failure = yield* using(bytes.value).pipe(
      Effect.as(undefined),
      Effect.catchTag("WrongPassphrase", Effect.succeed)
    )
    if (failure === undefined) return true
    if (attempt === tries) return yield* failure
  }
})

const open = Effect.gen(function* () {
  const passphrase = yield* Passphrase
  const vault = yield* Vault
  const state = yield* vault.state
  if (state === "damaged") yield* Effect.logError(new VaultDamaged({ secret: null }).message)
  if (state === "locked") {
    const found = yield* passphrase.find
    if (Option.isSome(found)) yield* using(found.value)
    else if (!(yield* typed()))
      yield* Effect.logWarning("the vault is locked: no passphrase was given")
  }
  yield* passphrase.forget
})

/** A wrong passphrase ends the start; none at all leaves the vault locked. */
export const layer = Layer.effectDiscard(open)
