// SPDX-License-Identifier: MIT OR Apache-2.0
/** A secret's value from the terminal or from stdin, never from an argument: those stand in lists of processes. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { withoutMargins } from "../../domain/margins.ts"
import { wipeable, wipeableCopy } from "../../domain/wipeable.ts"
import { Passphrase } from "../../services/Passphrase.ts"
import { WrongUsage } from "../exit.ts"

const maxBytes = 64 * 1024
const newline = 10

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

const typed = Effect.fnUntraced(function* (name: string) {
  const passphrase = yield* Passphrase
  const answer = yield* passphrase.ask(`Value of ${name} (it is not shown): `)
  if (Option.isNone(answer))
    return yield* new WrongUsage({ detail: "Give the value on stdin, or at a terminal." })
  if (!answer.value.includes(newline)) return answer.value
  answer.value.fill(0)
  return yield* new WrongUsage({
    detail: `More than one line was pasted. Nothing is stored. Give it on stdin: blufio secret set ${name} < FILE`
  })
})

/** For the value of one secret, and whether white space was taken off it. */
export const readValue = Effect.fnUntraced(function* (name: string) {
  const stdio = yield* Stdio.Stdio
  const bytes = (yield* stdio.stdinIsTerminal) ? yield* typed(name) : yield* readStdin
  const { isCut, value } = withoutMargins(bytes)
  bytes.fill(0)
  if (value.length === 0)
    return yield* new WrongUsage({ detail: `No value for ${name} was given. Nothing is stored.` })
  return { isCut, value }
})
