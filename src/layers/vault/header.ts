// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault's one row: the data key, wrapped by a key that Argon2id derives from the passphrase. */
import * as Effect from "effect/Effect"
import { argon2, randomBytes, timingSafeEqual } from "node:crypto"
import { VaultDamaged, WrongPassphrase } from "../../services/Vault.ts"
import type { VaultHeader } from "../../domain/vault.ts"
import { digestOf, ofHeader } from "./associated.ts"
import { seal, unseal } from "./cipher.ts"

/** RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes. */
const cost = { memoryKib: 64 * 1024, passes: 3, parallelism: 4 } as const
const saltLength = 16
export const keyLength = 32
/** No header of ours asks for more: one that does was made to wear the machine out. */
const mostMemoryKib = 1024 * 1024
const mostPasses = 16

type Derivation = Pick<VaultHeader, "salt" | "memoryKib" | "passes" | "parallelism">

const isSane = ({ memoryKib, parallelism, passes, salt }: Derivation) =>
  salt.length === saltLength &&
  parallelism >= 1 &&
  parallelism <= 16 &&
  memoryKib >= 8 * parallelism &&
  memoryKib <= mostMemoryKib &&
  passes >= 1 &&
  passes <= mostPasses

/** Derives the wrapping key, hands it over, and wipes it. */
const withDerivedKey = Effect.fnUntraced(function* <A>(
  passphrase: Uint8Array,
  { memoryKib, parallelism, passes, salt }: Derivation,
  use: (key: Uint8Array) => A
) {
  const key = yield* Effect.callback<Buffer>((resume) => {
    const options = { message: passphrase, nonce: salt, memory: memoryKib, passes, parallelism }
    argon2("argon2id", { ...options, tagLength: keyLength }, (cause, key) =>
      resume(cause === null ? Effect.succeed(key) : Effect.die(cause))
    )
  })
  const result = use(key)
  key.fill(0)
  return result
})

const wrap = Effect.fnUntraced(function* (
  dataKey: Uint8Array,
  passphrase: Uint8Array,
  times: Pick<VaultHeader, "createdAt" | "changedAt">
) {
  const derivation: Derivation = { ...cost, salt: randomBytes(saltLength) }
  const { ciphertext, nonce } = yield* withDerivedKey(passphrase, derivation, (key) =>
    seal(key, dataKey, ofHeader(derivation))
  )
  const header = { ...derivation, nonce, wrappedKey: ciphertext, ...times }
  return { ...header, digest: digestOf(header) } satisfies VaultHeader
})

const isIntact = (header: VaultHeader) => {
  const digest = digestOf(header)
  return header.digest.length === digest.length && timingSafeEqual(header.digest, digest)
}

/** The data key, which the caller keeps or wipes. */
const unwrap = Effect.fnUntraced(function* (header: VaultHeader, passphrase: Uint8Array) {
  if (!isIntact(header) || !isSane(header)) return yield* new VaultDamaged({ secret: null })
  const dataKey = yield* withDerivedKey(passphrase, header, (key) =>
    unseal(key, { nonce: header.nonce, ciphertext: header.wrappedKey }, ofHeader(header))
  )
  if (dataKey?.length !== keyLength) return yield* new WrongPassphrase()
  return dataKey
})

export { unwrap, wrap }
