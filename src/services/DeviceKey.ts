// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: this machine's own key, in a file whose private half only the vault can read. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Device } from "../domain/identity.ts"
import type { StoreError } from "./Store.ts"
import type { VaultLocked } from "./Vault.ts"

/** The file is left as it is: it may be another vault's, and the only copy. */
export class DeviceKeyUnusable extends Schema.TaggedError<DeviceKeyUnusable>()(
  "DeviceKeyUnusable",
  { path: Schema.String, detail: Schema.String }
) {
  override get message(): string {
    return `${this.path} ${this.detail}`
  }
}

export class DeviceKey extends Context.Service<
  DeviceKey,
  {
    /** Makes the key and knows it as a device, where either is not so yet. */
    readonly ensure: Effect.Effect<
      {
        readonly device: Device
        readonly isNew: boolean
        /** Devices of this machine's name that are still let in, with a key that is not here. */
        readonly earlier: ReadonlyArray<Device>
      },
      DeviceKeyUnusable | VaultLocked | StoreError
    >
  }
>()("blufio/services/DeviceKey") {}
