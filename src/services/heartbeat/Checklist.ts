// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the person's HEARTBEAT.md. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"

export class Checklist extends Context.Service<
  Checklist,
  {
    /** As it stands now, its beginning when it is very long; none when it is not there. */
    readonly read: Effect.Effect<Option.Option<string>>
  }
>()("blufio/services/heartbeat/Checklist") {}
