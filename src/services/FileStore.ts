// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the bytes of what models are shown, under their SHA-256 in hexadecimal. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreError } from "./Store.ts"

export class FileStore extends Context.Service<
  FileStore,
  {
    /** Without effect for what is there already. */
    readonly put: (sha256: string, bytes: Uint8Array) => Effect.Effect<void, StoreError>
    /** What is not there is left out. */
    readonly read: (
      hashes: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyMap<string, Uint8Array>, StoreError>
  }
>()("blufio/services/FileStore") {}
