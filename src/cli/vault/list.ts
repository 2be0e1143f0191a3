// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret list`: names and ages, never values. */
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as References from "effect/References"
import { spokenAge } from "../../domain/spokenDuration.ts"
import { ask, type Client } from "../../layers/DaemonClient.ts"
import { Passphrase } from "../../services/Passphrase.ts"
import { Vault, VaultDamaged } from "../../services/Vault.ts"
import * as Console from "effect/Console"
import { AlreadyTold, ExitCode } from "../exit.ts"
import { print } from "../output.ts"
import { table } from "../table.ts"
import { reachVault } from "./reachVault.ts"
import { using } from "./unlock.ts"

/** Null when nobody here can tell: the vault is not open, and no passphrase is at hand. */
const damagedNames = Effect.fnUntraced(function* (daemon: Client | undefined) {
  const passphrase = yield* Passphrase
  const vault = yield* Vault
  const told = daemon === undefined ? null : (yield* ask(daemon.vault({}))).damaged
  if (told !== null || (yield* vault.state) === "absent") return told ?? []
  const found = yield* passphrase.find
  if (Option.isNone(found)) return null
  // A wrong one does not keep the names from whoever may read the file.
  return yield* using(found.value, vault.open).pipe(
    // What is damaged stands in the answer.
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.andThen(vault.damaged),
    Effect.catchTag("WrongPassphrase", () => Effect.succeed(null))
  )
})

const unknownState =
  "\n\nunknown: whether a secret is intact shows with the passphrase, which was not given."

const iso = (millis: number | null) =>
  millis === null ? null : DateTime.formatIso(DateTime.makeUnsafe(millis))

export const command = Command.make(
  "list",
  {},
  Effect.fn("secret list")(function* () {
    const damaged = yield* reachVault(
      Effect.fnUntraced(function* (daemon) {
        const vault = yield* Vault
        const now = yield* Clock.currentTimeMillis
        const damaged = yield* damagedNames(daemon)
        const rows = yield* vault.list
        const stateOf = (name: string) =>
          damaged === null ? "unknown" : damaged.includes(name) ? "damaged" : "ok"
        const age = (millis: number | null) => (millis === null ? "never" : spokenAge(now - millis))
        const text =
          rows.length === 0
            ? "No secret is stored. Store one with: blufio secret set NAME"
            : table(
                ["NAME", "SET", "LAST USED", "STATE"],
                rows.map(({ lastUsedAt, name, updatedAt }) => [
                  name,
                  age(updatedAt),
                  age(lastUsedAt),
                  stateOf(name)
                ])
              ) + (damaged === null && rows.length > 0 ? unknownState : "")
        yield* print(
          text,
          rows.map(({ createdAt, lastUsedAt, name, updatedAt }) => ({
            name,
            state: stateOf(name),
            created_at: iso(createdAt),
            updated_at: iso(updatedAt),
            last_used_at: iso(lastUsedAt)
          }))
        )
        return damaged ?? []
      })
    )
    if (damaged.length === 0) return
    for (const name of damaged) yield* Console.error(new VaultDamaged({ secret: name }).message)
    return yield* new AlreadyTold({ exitCode: ExitCode.failed })
  })
).pipe(Command.withDescription("List the secrets: names, ages and last use, never values"))
