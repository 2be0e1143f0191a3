// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the settings of the last start, a digest for each key. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { StoreError } from "./Store.ts"

export class SeenSettings extends Context.Service<
  SeenSettings,
  {
    /** Empty before the first start. */
    readonly read: Effect.Effect<ReadonlyMap<string, string>, StoreError>
    readonly replace: (digests: ReadonlyMap<string, string>) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/SeenSettings") {}
