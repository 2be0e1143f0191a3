// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: the vault, made or opened by a passphrase. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Passphrase } from "../../services/Passphrase.ts"
import { Vault, VaultLocked, WrongPassphrase } from "../../services/Vault.ts"
import { Questions } from "./Questions.ts"

const tries = 3

const noSource = new VaultLocked({
  hint:
    "Nobody is there to type the passphrase: give it by --passphrase-fd N, " +
    "$CREDENTIALS_DIRECTORY/blufio-passphrase, $BLUFIO_PASSPHRASE_FILE or $BLUFIO_PASSPHRASE."
})

const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

/** Hands bytes to their one use, and wipes them after it. */
const using = <A, E, R>(bytes: Uint8Array, use: (bytes: Uint8Array) => Effect.Effect<A, E, R>) =>
  Effect.ensuring(
    use(bytes),
    Effect.sync(() => bytes.fill(0))
  )

const ask = Effect.fnUntraced(function* (prompt: string) {
  const passphrase = yield* Passphrase
  const typed = yield* passphrase.ask(prompt)
  return yield* Effect.mapError(Effect.fromOption(typed), () => noSource)
})

const choose = Effect.gen(function* () {
  const questions = yield* Questions
  yield* questions.say(
    "Choose a passphrase for the vault that keeps your keys. Nobody can recover it."
  )
  for (;;) {
    const first = yield* ask("Passphrase: ")
    const second = yield* ask("Once more: ")
    const same = isSame(first, second)
    second.fill(0)
    if (same && first.length > 0) return first
    first.fill(0)
    yield* questions.say(same ? "It is empty." : "These are not the same.")
  }
})

const open = Effect.gen(function* () {
  const questions = yield* Questions
  const vault = yield* Vault
  for (let attempt = 1; ; attempt++) {
    const opened = yield* using(yield* ask("Passphrase of the vault: "), vault.open).pipe(
      Effect.as(true),
      Effect.catchTag("WrongPassphrase", ({ message }) => Effect.as(questions.say(message), false))
    )
    if (opened) return
    if (attempt === tries) return yield* new WrongPassphrase()
  }
})

export const vaultStep = Effect.gen(function* () {
  const passphrase = yield* Passphrase
  const questions = yield* Questions
  const vault = yield* Vault
  const state = yield* vault.state
  const found = yield* passphrase.find
  if (state === "absent") {
    const chosen = Option.isSome(found)
      ? found.value
      : questions.isInteractive
        ? yield* choose
        : yield* noSource
    yield* using(chosen, vault.create)
  } else if (state === "locked") {
    if (Option.isSome(found)) yield* using(found.value, vault.open)
    else if (questions.isInteractive) yield* open
    else return yield* noSource
  }
  yield* questions.say(state === "absent" ? "✓ vault: made" : "✓ vault: open")
}).pipe(Effect.withSpan("init.vault"))
