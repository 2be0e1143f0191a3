// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio secret`: what stands in the vault. */
import * as Command from "effect/cli/Command"
import * as changePassphrase from "./vault/changePassphrase.ts"
import * as importFile from "./vault/importFile.ts"
import * as list from "./vault/list.ts"
import * as remove from "./vault/remove.ts"
import * as reset from "./vault/reset.ts"
import * as set from "./vault/set.ts"

export const command = Command.make("secret").pipe(
  Command.withDescription("Keep keys and passwords in the vault"),
  Command.withSubcommands([
    set.command("set"),
    list.command,
    remove.command,
    importFile.command,
    changePassphrase.command,
    reset.command
  ])
)
