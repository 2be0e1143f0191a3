// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: signatures with keys as raw bytes. */
import * as Context from "effect/Context"

export class Ed25519 extends Context.Service<
  Ed25519,
  {
    /** Public half of 32 bytes, private half as PKCS#8. The caller wipes the latter. */
    readonly generate: () => { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }
    readonly publicKeyOf: (privateKey: Uint8Array) => Uint8Array
    /** False for anything that is no signature by this key, whatever is wrong with it. */
    readonly verify: (publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => boolean
  }
>()("blufio/services/Ed25519") {}
