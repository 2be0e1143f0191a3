// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret set NAME`, and `config set-secret NAME`, which is the same. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { WrongUsage } from "../exit.ts"
import { print } from "../output.ts"
import { reachVault } from "./reachVault.ts"
import { readValue } from "./readValue.ts"
import { effects, put, secretName } from "./store.ts"
import { unlock } from "./unlock.ts"

const set = Effect.fn("secret set")(function* (typed: ReadonlyArray<string>) {
  if (typed.length !== 1) {
    const history =
      typed.length > 1
        ? " A value that you typed there is in your shell's history now: take it out, or replace the key."
        : ""
    return yield* new WrongUsage({
      detail: `Give one NAME, and the value on stdin or when asked for it: never as an argument.${history}`
    })
  }
  const name = yield* secretName(typed[0]!)
  yield* reachVault(
    Effect.fnUntraced(function* (daemon) {
      const state = yield* unlock
      const { isCut, value } = yield* readValue(name)
      yield* put(name, value)
      const cut = isCut ? ["The white space around the value was left out."] : []
      const notes = [...cut, ...(yield* effects([name], daemon))]
      const made = state === "absent" ? ["The vault is made."] : []
      yield* print([...made, `${name} is stored in the vault.`, ...notes].join("\n"), {
        name,
        vault: state === "absent" ? "made" : "open",
        notes
      })
    })
  )
})

/** Takes any number, so that a value among them is answered by us and not repeated. */
const name = Argument.String("NAME").pipe(
  Argument.withDescription("What it is called: that of its environment variable"),
  Argument.variadic()
)

export const command = (called: "set" | "set-secret") =>
  Command.make(called, { name }, ({ name }) => set(name)).pipe(
    Command.withDescription("Store a secret; its value is typed or comes on stdin")
  )
