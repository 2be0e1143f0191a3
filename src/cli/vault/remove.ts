// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret rm NAME`. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Prompt from "effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import { Cancelled } from "../../services/Passphrase.ts"
import { Vault } from "../../services/Vault.ts"
import { print } from "../output.ts"
import { reachVault } from "./reachVault.ts"
import { secretName } from "./store.ts"

class NoSuchSecret extends Schema.TaggedError<NoSuchSecret>()("NoSuchSecret", {
  name: Schema.String
}) {
  override get message(): string {
    return `No secret is called ${this.name}. See: blufio secret list`
  }
}

const name = Argument.String("NAME").pipe(Argument.withDescription("Which secret"))
const yes = Flag.Boolean("yes").pipe(
  Flag.withDescription("Do not ask whether it is meant"),
  Flag.withDefault(false)
)

const isMeant = Effect.fnUntraced(function* (name: string) {
  const stdio = yield* Stdio.Stdio
  if (!(yield* stdio.stdinIsTerminal)) return true
  return yield* Prompt.run(
    Prompt.Confirm({ message: `Remove ${name} for good?`, initial: false })
  ).pipe(Effect.catchTag("QuitError", () => new Cancelled({ kept: `${name} stays.` })))
})

export const command = Command.make(
  "rm",
  { name, yes },
  Effect.fn("secret rm")(function* ({ name: typed, yes }) {
    const name = yield* secretName(typed)
    yield* reachVault(
      Effect.fnUntraced(function* () {
        const vault = yield* Vault
        const known = (yield* vault.list).some((row) => row.name === name)
        if (!known) return yield* new NoSuchSecret({ name })
        const removed = yes || (yield* isMeant(name)) ? yield* vault.remove(name) : false
        yield* print(removed ? `${name} is removed.` : `${name} stays.`, { name, removed })
      })
    )
  })
).pipe(Command.withDescription("Remove a secret"))
