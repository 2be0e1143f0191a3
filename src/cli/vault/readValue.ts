// SPDX-License-Identifier: MIT OR Apache-2.0
/** A secret's value from the terminal or from stdin, never from an argument: those stand in lists of processes. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { wipeable, wipeableCopy } from "../../domain/wipeable.ts"
import { Passphrase } from "../../services/Passphrase.ts"
import { WrongUsage } from "../exit.ts"

const maxBytes = 64 * 1024
const newline = 10
const carriageReturn = 13

/** Without the line break that `echo` leaves at the end. */
const trimmed = (bytes: Uint8Array): Uint8Array => {
  let length = bytes.length
  if (bytes[length - 1] === newline) length--
  if (length < bytes.length && bytes[length - 1] === carriageReturn) length--
  return wipeableCopy(bytes.subarray(0, length))
}

/** All of stdin, in bytes of its own. */
export const readStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const all = wipeable(maxBytes)
  let length = 0
  yield* Stream.runForEach(stdin, (chunk) => {
    if (length + chunk.length > maxBytes)
      return Effect.fail(new WrongUsage({ detail: "stdin holds more than 64 KiB" }))
    all.set(chunk, length)
    length += chunk.length
    chunk.fill(0)
    return Effect.void
  }).pipe(
    Effect.catchTag("PlatformError", () =>
      Effect.fail(new WrongUsage({ detail: "stdin cannot be read" }))
    )
  )
  const bytes = wipeableCopy(all.subarray(0, length))
  all.fill(0)
  return bytes
})

/** For the value of one secret. */
export const readValue = Effect.fnUntraced(function* (name: string) {
  const stdio = yield* Stdio.Stdio
  const passphrase = yield* Passphrase
  const typed = yield* passphrase.ask(`Value of ${name} (it is not shown): `)
  if (Option.isNone(typed) && (yield* stdio.stdinIsTerminal))
    return yield* new WrongUsage({ detail: "Give the value on stdin, or at a terminal." })
  const bytes = Option.isSome(typed) ? typed.value : yield* readStdin
  const value = trimmed(bytes)
  bytes.fill(0)
  if (value.length === 0)
    return yield* new WrongUsage({ detail: `No value for ${name} was given. Nothing is stored.` })
  return value
})
