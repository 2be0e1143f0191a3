// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who may use the gateway's port: devices by their keys, programs by keys of ours. */
import * as Schema from "effect/Schema"
import { redact } from "./redaction/scan.ts"
import { Scope } from "./scopes.ts"

/** What a person calls a device or a key. */
export const IdentityName = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,64}$/u, {
    message: "Expected 1 to 64 characters, none of them a control character"
  }),
  Schema.makeFilter((name: string) => redact(name) === name || "Expected a name that is no secret")
)

export const Scopes = Schema.NonEmptyArray(Scope)
export type Scopes = typeof Scopes.Type

const times = {
  /** Milliseconds since 1970. */
  createdAt: Schema.Int,
  lastUsedAt: Schema.NullOr(Schema.Int),
  revokedAt: Schema.NullOr(Schema.Int)
}

export const Device = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  /** 32 bytes, Ed25519. */
  publicKey: Schema.Uint8Array,
  scopes: Scopes,
  ...times
})
export type Device = typeof Device.Type

export const ApiKey = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  /** SHA-256 of the whole key, which nobody has but its holder. */
  hash: Schema.Uint8Array,
  scopes: Scopes,
  ...times
})
export type ApiKey = typeof ApiKey.Type

/** Who asks, once that is proven. `label`: `device:ID` or `key:ID`. */
export interface Principal {
  readonly label: string
  readonly scopes: ReadonlyArray<Scope>
}

/** Takes as long whatever the bytes are. */
export const isSameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  let difference = one.length ^ other.length
  for (let index = 0; index < one.length; index++)
    difference |= one[index]! ^ (other[index % Math.max(1, other.length)] ?? 1)
  return difference === 0
}

const publicKeyLength = 32
/** What stands before the 32 bytes in SubjectPublicKeyInfo (RFC 8410). */
const spkiPrefix = Uint8Array.of(
  0x30,
  0x2a,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x03,
  0x21,
  0
)

/** Of raw bytes or SubjectPublicKeyInfo; none for anything else. */
export const rawPublicKey = (bytes: Uint8Array): Uint8Array | undefined => {
  if (bytes.length === publicKeyLength) return bytes
  const isSpki =
    bytes.length === spkiPrefix.length + publicKeyLength &&
    spkiPrefix.every((byte, index) => byte === bytes[index])
  return isSpki ? bytes.slice(spkiPrefix.length) : undefined
}
