// SPDX-License-Identifier: MIT OR Apache-2.0
/** HMAC-SHA256 under a key that is drawn at the start and never leaves memory. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHmac, randomBytes } from "node:crypto"
import { KeyedHash } from "../services/KeyedHash.ts"

const make = Effect.sync(() => {
  const key = randomBytes(32)
  const hash = (units: Uint8Array) => createHmac("sha256", key).update(units).digest("base64")
  return KeyedHash.of({
    ofUnits: hash,
    ofText: (text) => {
      const units = Buffer.from(text, "utf16le")
      const digest = hash(units)
      units.fill(0)
      return digest
    },
    multiplier: randomBytes(4).readInt32LE() | 1
  })
})

export const layer = Layer.effect(KeyedHash, make)
