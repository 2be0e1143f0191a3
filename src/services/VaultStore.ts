// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the vault's rows, as ciphertext. In the database, or behind the daemon that holds it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SecretName } from "../domain/secretName.ts"
import type { StoreError } from "./Store.ts"

/** Argon2id's parameters and the data key that the derived key wraps. */
export const VaultHeader = Schema.Struct({
  salt: Schema.Uint8Array,
  memoryKib: Schema.Int,
  passes: Schema.Int,
  parallelism: Schema.Int,
  nonce: Schema.Uint8Array,
  wrappedKey: Schema.Uint8Array,
  /** SHA-256 over all of the above, to tell a damaged header from a wrong passphrase. */
  digest: Schema.Uint8Array,
  createdAt: Schema.Int,
  changedAt: Schema.Int
})
export type VaultHeader = typeof VaultHeader.Type

export const SealedSecret = Schema.Struct({
  /** As it stands in the row: a changed one need not be a name at all. */
  name: Schema.String,
  version: Schema.Int,
  nonce: Schema.Uint8Array,
  /** With the 16 bytes of the tag at its end. */
  ciphertext: Schema.Uint8Array,
  createdAt: Schema.Int,
  updatedAt: Schema.Int,
  lastUsedAt: Schema.NullOr(Schema.Int)
})
export type SealedSecret = typeof SealedSecret.Type

export class VaultStore extends Context.Service<
  VaultStore,
  {
    readonly header: Effect.Effect<Option.Option<VaultHeader>, StoreError>
    /** Makes the one header, or replaces it. */
    readonly putHeader: (header: VaultHeader) => Effect.Effect<void, StoreError>
    /** Sorted by name. */
    readonly secrets: Effect.Effect<ReadonlyArray<SealedSecret>, StoreError>
    readonly put: (secret: SealedSecret) => Effect.Effect<void, StoreError>
    /** False when there was none. */
    readonly remove: (name: SecretName) => Effect.Effect<boolean, StoreError>
    readonly used: (name: SecretName, at: number) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/VaultStore") {}
