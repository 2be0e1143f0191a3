// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: what the heartbeat knows from one beat to the next, and the beats that asked a model. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Chat, TurnId } from "../../domain/Ids.ts"
import type { StoreError } from "../Store.ts"

/** Times are milliseconds since 1970, 0 for never. */
export const HeartbeatState = Schema.Struct({
  lookedAt: Schema.Int,
  calledAt: Schema.Int,
  /** A digest of what was there to see when a model was last asked. */
  seen: Schema.String,
  /** Stopped until a person acts. */
  stoppedAt: Schema.NullOr(Schema.Int),
  stoppedWhy: Schema.String,
  /** A digest of the key in use then. */
  stoppedKey: Schema.String,
  /** The person knows that nothing more is spent before then. */
  pausedUntil: Schema.Int
})
export type HeartbeatState = typeof HeartbeatState.Type

export class HeartbeatStore extends Context.Service<
  HeartbeatStore,
  {
    readonly read: Effect.Effect<HeartbeatState, StoreError>
    readonly save: (state: HeartbeatState) => Effect.Effect<void, StoreError>
    /** False when that beat asked a model before. */
    readonly claim: (id: TurnId, dueAt: number) => Effect.Effect<boolean, StoreError>
    /** `told`: in which chat; null when nothing was said. */
    readonly finish: (
      id: TurnId,
      state: "silent" | "told" | "failed",
      detail: string,
      text: string,
      told: Chat | null
    ) => Effect.Effect<void, StoreError>
    /** Beats that a dead process left behind: what came of them will not be known. */
    readonly loseStarted: Effect.Effect<void, StoreError>
    readonly hasPersonSpokenSince: (time: number) => Effect.Effect<boolean, StoreError>
  }
>()("blufio/services/heartbeat/HeartbeatStore") {}
