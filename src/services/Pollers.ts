// SPDX-License-Identifier: MIT OR Apache-2.0
/** The loops by which channels hear people. Programs run and supervise them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ChannelName } from "../domain/Ids.ts"

export class Pollers extends Context.Service<
  Pollers,
  ReadonlyArray<{ readonly channel: ChannelName; readonly run: Effect.Effect<never> }>
>()("blufio/services/Pollers") {}
