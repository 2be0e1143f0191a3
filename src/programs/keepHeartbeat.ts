// SPDX-License-Identifier: MIT OR Apache-2.0
/** Lets the heart beat, while it is switched on: in the daemon only, not in a terminal's own agent. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Heartbeat } from "../services/Heartbeat.ts"
import { Identity } from "../services/Identity.ts"
import { Settings } from "../services/Settings.ts"

/** So that a changed clock is seen. */
const longestSleep = 60_000

export const keepHeartbeat = Effect.gen(function* () {
  const settings = yield* Settings
  const heartbeat = yield* Heartbeat
  const { command } = yield* Identity
  if (!settings.heartbeat.enabled || command !== "serve") return yield* Effect.never
  const once = Effect.gen(function* () {
    if ((yield* heartbeat.dueIn) > 0) return
    const outcome = yield* heartbeat.beat
    yield* Effect.logDebug("the heart has beaten").pipe(Effect.annotateLogs({ outcome }))
  }).pipe(Effect.catchCause((cause) => Effect.logError("a heartbeat failed", cause)))
  const pause = heartbeat.dueIn.pipe(
    Effect.orElseSucceed(() => longestSleep),
    Effect.map((millis) => Duration.millis(Math.min(longestSleep, Math.max(1000, millis))))
  )
  yield* Effect.ignore(heartbeat.recover)
  return yield* once.pipe(Effect.andThen(pause), Effect.flatMap(Effect.sleep), Effect.forever)
})
