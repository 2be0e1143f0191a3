// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault in this process, over the database or over the daemon that holds it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { SettingsData } from "../../domain/Settings.ts"
import type { Client } from "../../layers/DaemonClient.ts"
import * as DaemonVaultStore from "../../layers/DaemonVaultStore.ts"
import { layerWritable } from "../../layers/Offline.ts"
import * as NodeKeyedHash from "../../layers/NodeKeyedHash.ts"
import * as PassphraseSources from "../../layers/passphrase/PassphraseSources.ts"
import * as AesVault from "../../layers/vault/AesVault.ts"
import type { Passphrase } from "../../services/Passphrase.ts"
import { Redactor } from "../../services/Redactor.ts"
import type { Transactions } from "../../services/Store.ts"
import type { Vault } from "../../services/Vault.ts"
import { PassphraseFd } from "../globals.ts"
import { reach } from "../reach.ts"

const inThisProcess = AesVault.layer("owner").pipe(
  Layer.provide(Redactor.layer),
  Layer.provide(NodeKeyedHash.layer)
)

/** `daemon` is there when one runs: what changes concerns it. */
export const reachVault = Effect.fnUntraced(function* <A, E, R>(
  use: (daemon: Client | undefined) => Effect.Effect<A, E, R | Vault | Passphrase | Transactions>
) {
  const passphrase = PassphraseSources.layer(yield* PassphraseFd)
  const offline = (settings: SettingsData) =>
    Effect.provide(
      use(undefined),
      Layer.provideMerge(inThisProcess, layerWritable(settings)).pipe(Layer.merge(passphrase))
    )
  return yield* reach({
    daemon: (client) =>
      Effect.provide(
        use(client),
        Layer.provideMerge(inThisProcess, DaemonVaultStore.layer(client)).pipe(
          Layer.merge(passphrase)
        )
      ),
    database: offline,
    nothing: offline
  })
})
