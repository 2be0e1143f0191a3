// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret import`: the lines of a `.env` file, all of them or none. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { SecretName } from "../../domain/secretName.ts"
import { parseLines } from "../../layers/config/dotenv.ts"
import { Transactions } from "../../services/Store.ts"
import { WrongUsage } from "../exit.ts"
import { print } from "../output.ts"
import { dotenvFaults } from "./dotenvFaults.ts"
import { reachVault } from "./reachVault.ts"
import { readStdin } from "./readValue.ts"
import { effects, put } from "./store.ts"
import { unlock } from "./unlock.ts"

const maxBytes = 64 * 1024

const read = Effect.fnUntraced(function* (file: Option.Option<string>) {
  if (Option.isNone(file)) return new TextDecoder().decode(yield* readStdin)
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(file.value)
    .pipe(
      Effect.mapError(() => new WrongUsage({ detail: `${file.value} cannot be read as a file.` }))
    )
  if (text.length > maxBytes)
    return yield* new WrongUsage({ detail: `${file.value} holds more than 64 KiB.` })
  return text
})

const entries = Effect.fnUntraced(function* (text: string) {
  const lines = parseLines(text)
  const faults = dotenvFaults(lines, { mayBeEmpty: false })
  if (faults.length > 0)
    return yield* new WrongUsage({ detail: [...faults, "Nothing is stored."].join(" ") })
  const found = Object.entries(lines.values)
  if (found.length === 0)
    return yield* new WrongUsage({ detail: "There is no NAME=value line. Nothing is stored." })
  return found as ReadonlyArray<readonly [SecretName, string]>
})

const file = Argument.String("FILE").pipe(
  Argument.withDescription("A file of NAME=value lines; stdin when left out"),
  Argument.optional
)

export const command = Command.make(
  "import",
  { file },
  Effect.fn("secret import")(function* ({ file }) {
    const found = yield* entries(yield* read(file))
    const encoder = new TextEncoder()
    yield* reachVault(
      Effect.fnUntraced(function* (daemon) {
        const { atomically } = yield* Transactions
        yield* unlock
        yield* atomically(
          Effect.forEach(found, ([name, value]) => put(name, encoder.encode(value)), {
            discard: true
          })
        )
        const names = found.map(([name]) => name)
        const notes = yield* effects(names, daemon)
        const plain = Option.match(file, {
          onNone: () => [],
          onSome: (path) => [`${path} still holds them in the clear: delete it.`]
        })
        yield* print([`Stored: ${names.join(", ")}.`, ...plain, ...notes].join("\n"), {
          names,
          notes: [...plain, ...notes]
        })
      })
    )
  })
).pipe(Command.withDescription("Store the NAME=value lines of a .env file"))
