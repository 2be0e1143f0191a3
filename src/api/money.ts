// SPDX-License-Identifier: MIT OR Apache-2.0
/** What was spent and what is left, for those who may read. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { PeriodName } from "../domain/period.ts"
import { BudgetReport, UsageBy, UsageReport } from "../domain/usage.ts"
import { Needs } from "./access.ts"
import { StoreFailed } from "./errors.ts"

export class MoneyApi extends HttpApiGroup.make("money", { topLevel: true })
  .add(
    HttpApiEndpoint.get("usage", "/v1/usage", {
      query: { period: Schema.optionalKey(PeriodName), by: Schema.optionalKey(UsageBy) },
      success: UsageReport,
      error: StoreFailed
    })
  )
  .add(HttpApiEndpoint.get("budget", "/v1/budget", { success: BudgetReport, error: StoreFailed }))
  .annotateEndpoints(Needs, "read") {}
