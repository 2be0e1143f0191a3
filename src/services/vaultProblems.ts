// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a person has to do about the vault, a sentence each; empty when it is open or there is none. */
import * as Effect from "effect/Effect"
import { type Vault, VaultDamaged } from "./Vault.ts"

export const lockedHint =
  "Start Blufio again with the passphrase: typed at a terminal, or by --passphrase-fd N, " +
  "$CREDENTIALS_DIRECTORY/blufio-passphrase, $BLUFIO_PASSPHRASE_FILE or $BLUFIO_PASSPHRASE."

export const vaultProblems = Effect.fnUntraced(function* (vault: Vault["Service"]) {
  const state = yield* vault.state
  if (state === "absent") return []
  if (state === "damaged") return [new VaultDamaged({ secret: null }).message]
  return yield* vault.damaged.pipe(
    Effect.map((names) => names.map((name) => new VaultDamaged({ secret: name }).message)),
    Effect.catchTag("VaultLocked", ({ message }) => Effect.succeed([message]))
  )
})
