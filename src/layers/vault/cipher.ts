// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * AES-256-GCM on `node:crypto`: its contexts are cleared when they finish, while a Web Crypto key
 * stays in memory until it is collected. A sealed text is ciphertext, then the tag of 16 bytes.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

const algorithm = "aes-256-gcm"
const nonceLength = 12
const tagLength = 16

export interface Sealed {
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Under a nonce of its own; `about` is authenticated and not stored. */
export const seal = (key: Uint8Array, plain: Uint8Array, about: Uint8Array): Sealed => {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength })
  cipher.setAAD(about)
  const body = cipher.update(plain)
  const ciphertext = Buffer.concat([body, cipher.final(), cipher.getAuthTag()])
  return { nonce, ciphertext }
}

/** `undefined` when a byte of anything was changed. The caller wipes what it is given. */
export const unseal = (
  key: Uint8Array,
  { ciphertext, nonce }: Sealed,
  about: Uint8Array
): Uint8Array | undefined => {
  const length = ciphertext.length - tagLength
  if (length < 0 || nonce.length !== nonceLength) return undefined
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength })
  decipher.setAAD(about)
  decipher.setAuthTag(ciphertext.subarray(length))
  const plain = decipher.update(ciphertext.subarray(0, length))
  try {
    decipher.final()
    return plain
  } catch {
    // The one thing that final() throws for: the tag does not fit.
    plain.fill(0)
    return undefined
  }
}
