// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: devices, keys, one-time codes, and what this daemon is called. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { ApiKey, Device, Scopes } from "../domain/identity.ts"
import type { StoreError } from "./Store.ts"

/** A one-time code that nobody has used yet; `id` names it and does not tell it. */
export interface WaitingCode {
  readonly id: string
  readonly name: string
  readonly scopes: Scopes
  readonly expiresAt: number
}

export class IdentityStore extends Context.Service<
  IdentityStore,
  {
    /** The daemon's name, the given one when it has none yet. */
    readonly daemonName: (fresh: string) => Effect.Effect<string, StoreError>
    readonly devices: Effect.Effect<ReadonlyArray<Device>, StoreError>
    readonly addDevice: (device: Device) => Effect.Effect<void, StoreError>
    readonly touchDevice: (id: string, at: number) => Effect.Effect<void, StoreError>
    readonly revokeDevice: (id: string, at: number) => Effect.Effect<void, StoreError>
    readonly keys: Effect.Effect<ReadonlyArray<ApiKey>, StoreError>
    readonly addKey: (key: ApiKey) => Effect.Effect<void, StoreError>
    readonly touchKey: (id: string, at: number) => Effect.Effect<void, StoreError>
    readonly revokeKey: (id: string, at: number) => Effect.Effect<void, StoreError>
    readonly addCode: (code: {
      readonly hash: Uint8Array
      readonly name: string
      readonly scopes: Scopes
      readonly expiresAt: number
    }) => Effect.Effect<void, StoreError>
    /** Those that are not too old, the oldest first. */
    readonly codes: (now: number) => Effect.Effect<ReadonlyArray<WaitingCode>, StoreError>
    readonly dropCode: (id: string) => Effect.Effect<void, StoreError>
    /** Uses a code up; none when there is no such one, or it is too old. */
    readonly takeCode: (
      hash: Uint8Array,
      now: number
    ) => Effect.Effect<
      Option.Option<{ readonly name: string; readonly scopes: Scopes }>,
      StoreError
    >
  }
>()("blufio/services/IdentityStore") {}
