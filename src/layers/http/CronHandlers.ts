// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over HTTP: what is to be done later. Whoever comes by here acts for the owner and sees everybody's. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Api } from "../../api/Api.ts"
import { owner } from "../../domain/Ids.ts"
import { ScheduleId } from "../../domain/schedule/Schedule.ts"
import { type NoSuchSchedule, Schedules } from "../../services/Schedules.ts"
import { ScheduleRuns } from "../../services/ScheduleRuns.ts"
import type { StoreError } from "../../services/Store.ts"
import { badRequest, notFound, storeFailed } from "./failures.ts"

const missing = (error: NoSuchSchedule | StoreError) =>
  error._tag === "StoreError" ? storeFailed() : notFound(error.message)

export const layer = HttpApiBuilder.group(
  Api,
  "cron",
  Effect.fnUntraced(function* (handlers) {
    const runs = yield* ScheduleRuns
    const schedules = yield* Schedules
    return handlers.handleAll({
      schedules: () => Effect.mapError(schedules.list(Option.none()), storeFailed),
      addSchedule: ({ payload: { kind = "cron", missed = "once", text, when } }) =>
        schedules.placeFor(Option.none()).pipe(
          Effect.flatMap((chat) =>
            schedules.add({ kind, person: owner, chat, text, missed, source: null }, when)
          ),
          Effect.mapError((error) =>
            error._tag === "StoreError" ? storeFailed() : badRequest(error.message)
          )
        ),
      runSchedule: ({ params }) =>
        Effect.mapError(runs.runNow(ScheduleId.make(params.id), Option.none()), missing),
      removeSchedule: ({ params }) =>
        Effect.mapError(schedules.remove(ScheduleId.make(params.id), Option.none()), missing)
    })
  })
)
