// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: which warnings and alarms about money were given, so that none is given twice. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { StoreError } from "./Store.ts"

/** A window that is watched, and the period of it. */
export interface Watched {
  readonly window: "daily" | "monthly"
  /** Milliseconds since 1970, as all times here. */
  readonly start: number
}

export const Warning = Schema.Struct({
  /** A percentage of the cap. */
  threshold: Schema.Int,
  /** Null: nobody could be told yet. */
  toldAt: Schema.NullOr(Schema.Int)
})
export type Warning = typeof Warning.Type

export class WarningStore extends Context.Service<
  WarningStore,
  {
    readonly of: (watched: Watched) => Effect.Effect<ReadonlyArray<Warning>, StoreError>
    readonly raise: (
      watched: Watched,
      threshold: number,
      at: number
    ) => Effect.Effect<void, StoreError>
    /** The owner knows of all that was raised in the period. */
    readonly tell: (watched: Watched, at: number) => Effect.Effect<void, StoreError>
    /** When the newest alarm up to `now` was given. */
    readonly lastAlarm: (now: number) => Effect.Effect<Option.Option<number>, StoreError>
    readonly alarm: (at: number, micros: number) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/WarningStore") {}
