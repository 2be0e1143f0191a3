// SPDX-License-Identifier: MIT OR Apache-2.0
/** Ed25519 on `node:crypto`. */
import * as Layer from "effect/Layer"
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify
} from "node:crypto"
import { Ed25519 } from "../services/Ed25519.ts"

const rawLength = 32
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")

const raw = (key: KeyObject): Uint8Array =>
  key.export({ format: "der", type: "spki" }).subarray(-rawLength)

const publicKey = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: "der", type: "spki" })

export const layer = Layer.succeed(Ed25519, {
  generate: () => {
    const pair = generateKeyPairSync("ed25519")
    return {
      publicKey: raw(pair.publicKey),
      privateKey: pair.privateKey.export({ format: "der", type: "pkcs8" })
    }
  },
  publicKeyOf: (bytes) =>
    raw(
      createPublicKey(createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" }))
    ),
  verify: (key, data, signature) => {
    try {
      return verify(null, data, publicKey(key), signature)
    } catch {
      // A key or a signature that is none at all.
      return false
    }
  }
})
