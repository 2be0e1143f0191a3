// SPDX-License-Identifier: MIT OR Apache-2.0
/** What each ciphertext of the vault is bound to, in bytes that can mean one thing only. */
import { createHash } from "node:crypto"
import type { VaultHeader } from "../../domain/vault.ts"

/** Each part with its length in front of it, so that no two lists have the same bytes. */
const framed = (parts: ReadonlyArray<string | number | Uint8Array>): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === "object" ? part : Buffer.from(String(part), "utf8")
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    })
  )

type Derivation = Pick<VaultHeader, "salt" | "memoryKib" | "passes" | "parallelism">

export const ofHeader = ({ memoryKib, parallelism, passes, salt }: Derivation): Uint8Array =>
  framed(["blufio vault 1", salt, memoryKib, passes, parallelism])

export const ofSecret = (name: string, version: number): Uint8Array =>
  framed(["blufio secret 1", name, version])

export const ofPurpose = (purpose: string): Uint8Array => framed(["blufio seal 1", purpose])

/** SHA-256 over all that the header holds. */
export const digestOf = (header: Omit<VaultHeader, "digest">): Uint8Array =>
  createHash("sha256")
    .update(
      framed([
        ofHeader(header),
        header.nonce,
        header.wrappedKey,
        header.createdAt,
        header.changedAt
      ])
    )
    .digest()
