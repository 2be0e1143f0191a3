// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the vault's rows, as ciphertext. In the database, or behind the daemon that holds it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { SecretName } from "../domain/secretName.ts"
import type { SealedSecret, VaultHeader } from "../domain/vault.ts"
import type { StoreError } from "./Store.ts"

export class VaultStore extends Context.Service<
  VaultStore,
  {
    readonly header: Effect.Effect<Option.Option<VaultHeader>, StoreError>
    /**
     * Makes the one header, or replaces the one of that digest. False, and nothing is written, when
     * what is there is something else, be it secrets without a header: two at once must not take each other's secrets away.
     */
    readonly putHeader: (
      header: VaultHeader,
      replaces: Option.Option<Uint8Array>
    ) => Effect.Effect<boolean, StoreError>
    /** Takes the header out, and every secret with it. */
    readonly clear: Effect.Effect<void, StoreError>
    /** Sorted by name. */
    readonly secrets: Effect.Effect<ReadonlyArray<SealedSecret>, StoreError>
    readonly put: (secret: SealedSecret) => Effect.Effect<void, StoreError>
    /** False when there was none. */
    readonly remove: (name: SecretName) => Effect.Effect<boolean, StoreError>
    readonly used: (name: SecretName, at: number) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/VaultStore") {}
