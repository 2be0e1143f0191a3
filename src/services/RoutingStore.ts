// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: which model answers each turn, and what a person pinned a session to. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { SessionId, TurnId } from "../domain/Ids.ts"
import type { Part } from "../domain/Message.ts"
import type { LastCall } from "../domain/router/economy.ts"
import type { Routing } from "../domain/router/Routing.ts"
import type { StoreError } from "./Store.ts"

export class RoutingStore extends Context.Service<
  RoutingStore,
  {
    readonly ofTurn: (turn: TurnId) => Effect.Effect<Option.Option<Routing>, StoreError>
    readonly keep: (turn: TurnId, routing: Routing) => Effect.Effect<void, StoreError>
    /** A session's routed turns that the model still sees, newest first, with their tool steps. */
    readonly recent: (
      session: SessionId,
      limit: number
    ) => Effect.Effect<
      ReadonlyArray<{ readonly routing: Routing; readonly tools: number }>,
      StoreError
    >
    /** The messages that a turn answers, as they were typed. */
    readonly typed: (turn: TurnId) => Effect.Effect<ReadonlyArray<ReadonlyArray<Part>>, StoreError>
    /** What the model is shown of them: also what was heard in a recording. */
    readonly said: (turn: TurnId) => Effect.Effect<ReadonlyArray<Part>, StoreError>
    /** The newest answered call of a session's conversation. */
    /** Each model's last call in a session, the newest first. */
    readonly lastCalls: (session: SessionId) => Effect.Effect<ReadonlyArray<LastCall>, StoreError>
    /** A tier or a model's id; empty: the router decides. */
    readonly pin: (session: SessionId) => Effect.Effect<string, StoreError>
    readonly setPin: (session: SessionId, pin: string) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/RoutingStore") {}
