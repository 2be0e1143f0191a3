// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault as a command needs it: opened by its passphrase, or made with a new one. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Passphrase } from "../../services/Passphrase.ts"
import { doesNotOpen, Vault, VaultDamaged, WrongPassphrase } from "../../services/Vault.ts"

const tries = 3
const newline = 10
/** Shorter ones are guessed in no time by who has the file. */
const shortest = 8

/** A passphrase is needed, and there is neither a source nor a terminal. */
class NoPassphrase extends Schema.TaggedError<NoPassphrase>()("NoPassphrase", {
  isNew: Schema.Boolean
}) {
  override get message(): string {
    const why = this.isNew
      ? "There is no vault yet, and one is made with a passphrase of your choice"
      : "The vault is locked. A passphrase is needed"
    return (
      `${why}: type it at a terminal, or give it by --passphrase-fd N, ` +
      "$CREDENTIALS_DIRECTORY/blufio-passphrase, $BLUFIO_PASSPHRASE_FILE or $BLUFIO_PASSPHRASE."
    )
  }
}

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

const ask = Effect.fnUntraced(function* (prompt: string, isNew: boolean) {
  const passphrase = yield* Passphrase
  const typed = yield* passphrase.ask(prompt)
  return yield* Effect.mapError(Effect.fromOption(typed), () => new NoPassphrase({ isNew }))
})

export const warnWhenShort = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const length = [...new TextDecoder().decode(bytes)].length
  if (length < shortest)
    yield* Console.error(
      `This passphrase has ${length} character${length === 1 ? "" : "s"}: who gets hold of the ` +
        "file can guess it. Four or more words are better: blufio secret passphrase changes it."
    )
})

const complaintAbout = (first: Uint8Array, second: Uint8Array) => {
  if (first.includes(newline)) return "It has more than one line."
  if (!isSame(first, second)) return "These two are not the same."
  return first.length === 0 ? "It is empty." : undefined
}

/** A new passphrase, typed twice. */
export const choose = Effect.gen(function* () {
  for (;;) {
    const first = yield* ask(
      "Choose a passphrase for the vault. Nobody can recover it for you.\nNew passphrase: ",
      true
    )
    const second = yield* ask("Once more: ", true)
    const complaint = complaintAbout(first, second)
    second.fill(0)
    if (complaint === undefined) {
      yield* warnWhenShort(first)
      return first
    }
    first.fill(0)
    yield* Console.error(complaint)
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
    const typed = yield* ask("Passphrase of the vault: ", false)
    if (typed.length === 0) return yield* new NoPassphrase({ isNew: false })
    const answer = yield* using(typed, use).pipe(
      Effect.asSome,
      Effect.catchIf(
        (error): error is WrongPassphrase => isWrong(error) && attempt < tries,
        () => Effect.as(Console.error(doesNotOpen), Option.none<A>())
      )
    )
    if (Option.isSome(answer)) return answer.value
  }
})

const make = Effect.gen(function* () {
  const passphrase = yield* Passphrase
  const vault = yield* Vault
  const found = yield* passphrase.find
  if (Option.isNone(found)) return yield* using(yield* choose, vault.create)
  yield* warnWhenShort(found.value)
  yield* using(found.value, vault.create)
})

/** Leaves the vault open. The first secret of all makes it. */
export const unlock = Effect.gen(function* () {
  const vault = yield* Vault
  const state = yield* vault.state
  if (state === "damaged") return yield* new VaultDamaged({ secret: null })
  if (state === "locked") yield* withPassphrase(vault.open)
  if (state === "absent") yield* make
  return state
})
