// SPDX-License-Identifier: MIT OR Apache-2.0
/** Stores secrets and says when they take effect. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { anthropicKey, SecretName, telegramToken } from "../../domain/secretName.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { ask, type Client } from "../../layers/DaemonClient.ts"
import { Vault } from "../../services/Vault.ts"
import { WrongUsage } from "../exit.ts"
import * as TomlSettings from "../../layers/config/TomlSettings.ts"
import { pinnedDemo } from "../pinnedDemo.ts"
import { ConfigPath } from "../globals.ts"
import { using } from "./unlock.ts"

const decodeName = Schema.decodeUnknownEffect(SecretName)

/** What was typed is not repeated: it may be the secret itself. */
export const secretName = (typed: string) =>
  Effect.mapError(
    decodeName(typed),
    () =>
      new WrongUsage({
        detail:
          "That is no name of a secret: capitals, digits and underscores, such as ANTHROPIC_API_KEY. " +
          "Values are given on stdin or typed when asked for, never as arguments."
      })
  )

export const put = Effect.fnUntraced(function* (name: SecretName, value: Uint8Array) {
  const vault = yield* Vault
  yield* using(value, (bytes) => vault.put(name, bytes))
})

/** What a person should know after a change of these. */
export const effects = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
  daemon: Client | undefined
) {
  const environment = yield* Environment
  const hidden = names.filter((name) => (environment[name] ?? "").trim() !== "")
  const notes = hidden.map(
    (name) => `$${name} is set in this environment: where Blufio has it too, it wins.`
  )
  const loaded = yield* TomlSettings.load({ configPath: yield* ConfigPath })
  if (names.includes(anthropicKey) && loaded.settings.provider.default === "demo")
    notes.push(`The demo goes on answering until you ${pinnedDemo(loaded.path)}.`)
  if (daemon === undefined) return notes
  const { state } = yield* ask(daemon.vault({}))
  if (state !== "open")
    notes.push("The running daemon has the vault locked: start it again with the passphrase.")
  else if (names.includes(telegramToken))
    notes.push(`The running daemon uses ${telegramToken} after a restart.`)
  return notes
})
