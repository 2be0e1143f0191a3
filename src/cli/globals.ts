// SPDX-License-Identifier: MIT OR Apache-2.0
/** The flags that every command takes, before or after its name. `--log-level` is built in. */
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** `--config PATH`: `yield* ConfigPath` in a handler. */
export const ConfigPath = GlobalFlag.Setting("config")({
  flag: Flag.String("config").pipe(
    Flag.withMetavar("PATH"),
    Flag.withDescription("The configuration file to use"),
    Flag.optional
  )
})

/** `--json`: one JSON document on stdout and nothing else; text for people goes to stderr. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON document"),
    Flag.withDefault(false)
  )
})

/** `--passphrase-fd N`: the first place where the vault's passphrase is looked for. */
export const PassphraseFd = GlobalFlag.Setting("passphrase-fd")({
  flag: Flag.Int("passphrase-fd").pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("Read the vault's passphrase from this file descriptor"),
    Flag.optional
  )
})

export const globalFlags = [ConfigPath, Json, PassphraseFd] as const
