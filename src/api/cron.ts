// SPDX-License-Identifier: MIT OR Apache-2.0
/** Jobs and reminders over HTTP. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { MissedPolicy, ScheduleKind, ScheduleReport } from "../domain/schedule/Schedule.ts"
import { Needs } from "./access.ts"
import { BadRequest, NotFound, StoreFailed } from "./errors.ts"

const NewSchedule = Schema.Struct({
  /** "every weekday at 8:30", "tomorrow at 9", "30 8 * * 1-5". */
  when: Schema.NonEmptyString.check(Schema.isMaxLength(200)),
  /** What a job asks the model, or what a reminder says. */
  text: Schema.NonEmptyString.check(Schema.isMaxLength(2000)),
  /** `cron` when left out. */
  kind: Schema.optionalKey(ScheduleKind),
  /** `once` when left out. */
  missed: Schema.optionalKey(MissedPolicy)
})

const params = {
  id: Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))
}

export class CronApi extends HttpApiGroup.make("cron", { topLevel: true })
  .add(
    HttpApiEndpoint.get("schedules", "/v1/cron", {
      success: Schema.Array(ScheduleReport),
      error: StoreFailed
    })
  )
  .annotateEndpoints(Needs, "read")
  .add(
    HttpApiEndpoint.post("addSchedule", "/v1/cron", {
      payload: NewSchedule,
      success: ScheduleReport,
      error: [BadRequest, StoreFailed]
    }).annotate(Needs, "admin")
  )
  .add(
    HttpApiEndpoint.post("runSchedule", "/v1/cron/:id/run", {
      params,
      success: ScheduleReport,
      error: [NotFound, StoreFailed]
    }).annotate(Needs, "admin")
  )
  .add(
    HttpApiEndpoint.delete("removeSchedule", "/v1/cron/:id", {
      params,
      success: ScheduleReport,
      error: [NotFound, StoreFailed]
    }).annotate(Needs, "admin")
  ) {}
