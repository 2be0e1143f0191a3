// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret passphrase`: another passphrase for the same vault; its secrets stay as they are. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import { wipeableCopy } from "../../domain/wipeable.ts"
import * as PassphraseSources from "../../layers/passphrase/PassphraseSources.ts"
import { Vault } from "../../services/Vault.ts"
import { WrongUsage } from "../exit.ts"
import { PassphraseFd } from "../globals.ts"
import { print } from "../output.ts"
import { reachVault } from "./reachVault.ts"
import { readStdin } from "./readValue.ts"
import { choose, using, warnWhenShort, withPassphrase } from "./unlock.ts"

const newline = 10

/** A script's first line; none when there is none, or stdin brings the passphrase of now. */
const fromStdin = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  const isTaken = Option.contains(yield* PassphraseFd, 0)
  if (isTaken || (yield* stdio.stdinIsTerminal)) return undefined
  const all = yield* readStdin
  const end = all.indexOf(newline)
  const line = wipeableCopy(end < 0 ? all : all.subarray(0, end))
  all.fill(0)
  return line.length === 0 ? undefined : line
})

const newFd = Flag.Int("new-passphrase-fd").pipe(
  Flag.withMetavar("N"),
  Flag.withDescription("Read the new passphrase from this file descriptor, and not from stdin"),
  Flag.optional
)

/** From a script, if it gives one. */
const given = Effect.fnUntraced(function* (newFd: Option.Option<number>) {
  const next = Option.isSome(newFd)
    ? yield* PassphraseSources.fromDescriptor("--new-passphrase-fd", newFd.value)
    : yield* fromStdin
  if (next !== undefined) yield* warnWhenShort(next)
  return next
})

const typed = Effect.catchTag(
  choose,
  "NoPassphrase",
  () =>
    new WrongUsage({
      detail:
        "No new passphrase was given: type it at a terminal, or give it as the first line of " +
        "stdin or by --new-passphrase-fd N. The old one stays."
    })
)

export const command = Command.make(
  "passphrase",
  { newFd },
  Effect.fn("secret passphrase")(function* ({ newFd }) {
    yield* reachVault(
      Effect.fnUntraced(function* () {
        const vault = yield* Vault
        if ((yield* vault.state) === "absent")
          return yield* new WrongUsage({
            detail: "There is no vault yet: blufio secret set NAME makes one."
          })
        const next = yield* given(newFd)
        yield* withPassphrase((current) =>
          Effect.gen(function* () {
            yield* vault.open(current)
            yield* using(next ?? (yield* typed), (bytes) => vault.changePassphrase(current, bytes))
          })
        )
        yield* print("The passphrase is changed. The old one opens nothing any more.", {
          changed: true
        })
      })
    )
  })
).pipe(Command.withDescription("Change the vault's passphrase"))
