// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault's rows as ciphertext: bytes in the database, base64 on the socket. */
import * as Schema from "effect/Schema"

const header = <Bytes extends Schema.Constraint>(bytes: Bytes) =>
  Schema.Struct({
    salt: bytes,
    memoryKib: Schema.Int,
    passes: Schema.Int,
    parallelism: Schema.Int,
    nonce: bytes,
    wrappedKey: bytes,
    /** SHA-256 over all else, to tell a damaged header from a wrong passphrase. */
    digest: bytes,
    createdAt: Schema.Int,
    changedAt: Schema.Int
  })

const sealedSecret = <Bytes extends Schema.Constraint>(bytes: Bytes) =>
  Schema.Struct({
    /** As it stands in the row: a changed one need not be a name at all. */
    name: Schema.String,
    version: Schema.Int,
    nonce: bytes,
    /** With the 16 bytes of the tag at its end. */
    ciphertext: bytes,
    createdAt: Schema.Int,
    updatedAt: Schema.Int,
    lastUsedAt: Schema.NullOr(Schema.Int)
  })

/** Argon2id's parameters and the data key that the derived key wraps. */
export const VaultHeader = header(Schema.Uint8Array)
export type VaultHeader = typeof VaultHeader.Type
export const VaultHeaderJson = header(Schema.Uint8ArrayFromBase64)

export const SealedSecret = sealedSecret(Schema.Uint8Array)
export type SealedSecret = typeof SealedSecret.Type
export const SealedSecretJson = sealedSecret(Schema.Uint8ArrayFromBase64)
