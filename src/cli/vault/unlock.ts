// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault as a command needs it: opened by its passphrase, or made with a new one. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Passphrase } from "../../services/Passphrase.ts"
import { Vault, VaultLocked, WrongPassphrase } from "../../services/Vault.ts"

const tries = 3

const noSource = new VaultLocked({
  hint:
    "A passphrase is needed: type it at a terminal, or give it by --passphrase-fd N, " +
    "$CREDENTIALS_DIRECTORY/blufio-passphrase, $BLUFIO_PASSPHRASE_FILE or $BLUFIO_PASSPHRASE."
})

/** Hands bytes to their one use, and wipes them after it. */
export const using = <A, E, R>(
  bytes: Uint8Array,
  use: (bytes: Uint8Array) => Effect.Effect<A, E, R>
) =>
  Effect.ensuring(
    use(bytes),
    Effect.sync(() => bytes.fill(0))
  )

const isWrong = Schema.is(WrongPassphrase)

const isSame = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

const ask = Effect.fnUntraced(function* (prompt: string) {
  const passphrase = yield* Passphrase
  const typed = yield* passphrase.ask(prompt)
  return yield* Effect.mapError(Effect.fromOption(typed), () => noSource)
})

/** A new passphrase, typed twice. */
export const choose = Effect.gen(function* () {
  for (;;) {
    const first = yield* ask(
      "Choose a passphrase for the vault. Nobody can recover it for you.\nNew passphrase: "
    )
    const second = yield* ask("Once more: ")
    const same = isSame(first, second)
    second.fill(0)
    if (same && first.length > 0) return first
    first.fill(0)
    yield* Console.error(same ? "It is empty." : "These two are not the same.")
  }
})

/** Tries the passphrase that a source holds, else what a person types, a few times. */
export const withPassphrase = Effect.fnUntraced(function* <A, E, R>(
  use: (passphrase: Uint8Array) => Effect.Effect<A, E | WrongPassphrase, R>
) {
  const passphrase = yield* Passphrase
  const found = yield* passphrase.find
  if (Option.isSome(found)) return yield* using(found.value, use)
  for (let attempt = 1; ; attempt++) {
    const answer = yield* using(yield* ask("Passphrase of the vault: "), use).pipe(
      Effect.asSome,
      Effect.catchIf(
        (error): error is WrongPassphrase => isWrong(error) && attempt < tries,
        ({ message }) => Effect.as(Console.error(message), Option.none<A>())
      )
    )
    if (Option.isSome(answer)) return answer.value
  }
})

/** Leaves the vault open. The first secret of all makes it. */
export const unlock = Effect.gen(function* () {
  const passphrase = yield* Passphrase
  const vault = yield* Vault
  const state = yield* vault.state
  if (state === "locked") yield* withPassphrase(vault.open)
  if (state === "absent") {
    const found = yield* passphrase.find
    yield* using(Option.isSome(found) ? found.value : yield* choose, vault.create)
  }
  return state
})
