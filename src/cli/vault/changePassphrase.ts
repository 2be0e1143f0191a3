// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret passphrase`: another passphrase for the same vault; its secrets stay as they are. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PassphraseSources from "../../layers/passphrase/PassphraseSources.ts"
import { Vault } from "../../services/Vault.ts"
import { WrongUsage } from "../exit.ts"
import { print } from "../output.ts"
import { reachVault } from "./reachVault.ts"
import { choose, using, withPassphrase } from "./unlock.ts"

const newFd = Flag.Int("new-passphrase-fd").pipe(
  Flag.withMetavar("N"),
  Flag.withDescription("Read the new passphrase from this file descriptor"),
  Flag.optional
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
        const next = Option.isSome(newFd)
          ? yield* PassphraseSources.fromDescriptor("--new-passphrase-fd", newFd.value)
          : undefined
        yield* withPassphrase((current) =>
          Effect.gen(function* () {
            yield* vault.open(current)
            yield* using(next ?? (yield* choose), (bytes) => vault.changePassphrase(current, bytes))
          })
        )
        yield* print("The passphrase is changed. The old one opens nothing any more.", {
          changed: true
        })
      })
    )
  })
).pipe(Command.withDescription("Change the vault's passphrase"))
