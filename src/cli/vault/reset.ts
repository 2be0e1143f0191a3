// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret reset`: the way on when the passphrase is lost. The secrets go, all else stays. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Prompt from "effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Stdio from "effect/Stdio"
import { counted } from "../../domain/spokenList.ts"
import { Cancelled } from "../../services/Passphrase.ts"
import { Vault } from "../../services/Vault.ts"
import { WrongUsage } from "../exit.ts"
import { print } from "../output.ts"
import { settings } from "../reach.ts"
import { reachVault } from "./reachVault.ts"

const yes = Flag.Boolean("yes").pipe(
  Flag.withDescription("Do not ask whether it is meant"),
  Flag.withDefault(false)
)

const isMeant = Effect.fnUntraced(function* (count: number) {
  const stdio = yield* Stdio.Stdio
  if (!(yield* stdio.stdinIsTerminal))
    return yield* new WrongUsage({ detail: "This throws every secret away: say --yes to mean it." })
  return yield* Prompt.run(
    Prompt.Confirm({
      message: `Throw the vault away, with ${counted(count, "secret")}, for good?`,
      initial: false
    })
  ).pipe(Effect.catchTag("QuitError", () => new Cancelled({ kept: "The vault stays." })))
})

/** Only the vault that is gone could have read it. */
const dropDeviceKey = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const { storage } = yield* settings
  yield* files
    .remove(paths.join(paths.dirname(storage.path), "device.key"), { force: true })
    .pipe(
      Effect.mapError(() => new WrongUsage({ detail: "device.key cannot be removed: remove it." }))
    )
})

export const command = Command.make(
  "reset",
  { yes },
  Effect.fn("secret reset")(function* ({ yes }) {
    yield* reachVault(
      Effect.fnUntraced(function* (daemon) {
        const vault = yield* Vault
        if (daemon !== undefined)
          return yield* new WrongUsage({
            detail: "The vault is in use: stop the running blufio first, then run this again."
          })
        if ((yield* vault.state) === "absent")
          return yield* print("There is no vault. Nothing is to be done.", { removed: [] })
        const names = (yield* vault.list).map(({ name }) => name)
        if (!yes && !(yield* isMeant(names.length)))
          return yield* print("The vault stays.", { removed: [] })
        const removed = yield* vault.reset
        yield* dropDeviceKey
        const gone = removed.length === 0 ? "" : ` It held: ${removed.join(", ")}.`
        yield* print(
          `The vault is gone; conversations, people and settings are still there.${gone}\n` +
            "Begin anew with: blufio init",
          { removed }
        )
      })
    )
  })
).pipe(Command.withDescription("Throw the vault away when its passphrase is lost; all else stays"))
