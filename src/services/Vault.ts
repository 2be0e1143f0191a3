// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: secrets at rest (SEC-03, SEC-04). Opened by a passphrase, kept open by a data key in memory. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { SecretName } from "../domain/secretName.ts"
import type { SealedSecret } from "../domain/vault.ts"
import type { StoreError } from "./Store.ts"

/** There is a vault, and nobody has opened it. */
export class VaultLocked extends Schema.TaggedError<VaultLocked>()("VaultLocked", {
  hint: Schema.String
}) {
  override get message(): string {
    return `The vault is locked. ${this.hint}`
  }
}

export const doesNotOpen = "The passphrase does not open the vault."

/** Says nothing about why: the same words and the same work for each wrong passphrase. */
export class WrongPassphrase extends Schema.TaggedError<WrongPassphrase>()("WrongPassphrase", {}) {
  override get message(): string {
    return `${doesNotOpen} If it is lost: blufio secret reset begins a new vault and keeps all else.`
  }
}

/** Bytes were changed by something else than Blufio. */
export class VaultDamaged extends Schema.TaggedError<VaultDamaged>()("VaultDamaged", {
  /** None: the vault's own row. */
  secret: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    return this.secret === null
      ? "The vault's own row was changed or taken out outside Blufio: it cannot be opened. " +
          "Restore a backup, or begin a new vault: blufio secret reset"
      : `The secret ${this.secret} was changed outside Blufio and is not used. ` +
          `Set it anew: blufio secret set ${this.secret}`
  }
}

/** Two commands made or re-wrapped the vault at once: one of them did. */
export class VaultChanged extends Schema.TaggedError<VaultChanged>()("VaultChanged", {}) {
  override get message(): string {
    return "Another command changed the vault at the same moment: nothing is stored. Run this again."
  }
}

export interface SecretRow {
  readonly name: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly lastUsedAt: number | null
}

/** `damaged`: secrets are there, and the row that opens them is not. */
export type VaultState = "absent" | "locked" | "open" | "damaged"

/** Passphrases and values are bytes in UTF-8; whoever is given them wipes them when done. */
export class Vault extends Context.Service<
  Vault,
  {
    readonly state: Effect.Effect<VaultState, StoreError>
    /** Makes the vault and leaves it open; not beside secrets of another one. */
    readonly create: (
      passphrase: Uint8Array
    ) => Effect.Effect<void, VaultDamaged | VaultChanged | StoreError>
    /** Dies when there is no vault. */
    readonly open: (
      passphrase: Uint8Array
    ) => Effect.Effect<void, WrongPassphrase | VaultDamaged | StoreError>
    /** Wraps the same data key anew: one row changes. */
    readonly changePassphrase: (
      current: Uint8Array,
      next: Uint8Array
    ) => Effect.Effect<void, WrongPassphrase | VaultDamaged | VaultChanged | StoreError>
    /** Makes or replaces a secret; answers its version, from 1. */
    readonly put: (
      name: SecretName,
      value: Uint8Array
    ) => Effect.Effect<number, VaultLocked | StoreError>
    /**
     * Stores a secret that was sealed by another process of this person's. While the vault is open
     * it must open under our own data key: the proof that its sender knows the passphrase.
     */
    readonly take: (secret: SealedSecret) => Effect.Effect<void, VaultDamaged | StoreError>
    /** Releases a value: notes the use, and tells the redactor what to look for. */
    readonly get: (
      name: SecretName
    ) => Effect.Effect<Option.Option<Redacted.Redacted>, VaultLocked | VaultDamaged | StoreError>
    readonly list: Effect.Effect<ReadonlyArray<SecretRow>, StoreError>
    /** The secrets whose bytes were changed; needs the vault open. */
    readonly damaged: Effect.Effect<ReadonlyArray<string>, VaultLocked | StoreError>
    /** Throws the vault away with all that stands in it; answers the names. It is absent then. */
    readonly reset: Effect.Effect<ReadonlyArray<string>, StoreError>
    /** False when there was none. */
    readonly remove: (name: SecretName) => Effect.Effect<boolean, StoreError>
    /** Encrypts bytes that live outside the database (`device.key`), bound to what they are for. */
    readonly seal: (purpose: string, bytes: Uint8Array) => Effect.Effect<Uint8Array, VaultLocked>
    /** None when they were changed, or sealed for something else or by another vault. */
    readonly unseal: (
      purpose: string,
      sealed: Uint8Array
    ) => Effect.Effect<Option.Option<Uint8Array>, VaultLocked>
  }
>()("blufio/services/Vault") {}
