// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Port: the bytes of what models are shown, under their SHA-256 in hexadecimal, and in which
 * conversations the workspace's received files came.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Chat, SessionId } from "../domain/Ids.ts"
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
    /** `path` is relative to the workspace. */
    readonly noteReceived: (session: SessionId, path: string) => Effect.Effect<void, StoreError>
    /** Whether a received file came in this chat, in whichever of its sessions and topics. */
    readonly cameIn: (chat: Chat, path: string) => Effect.Effect<boolean, StoreError>
  }
>()("blufio/services/FileStore") {}
