// SPDX-License-Identifier: MIT OR Apache-2.0
/** Money over HTTP: what was spent, and how the budgets stand. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Api } from "../../api/Api.ts"
import { Usage } from "../../services/Usage.ts"
import { storeFailed } from "./failures.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "money",
  Effect.fnUntraced(function* (handlers) {
    const usage = yield* Usage
    return handlers.handleAll({
      usage: ({ query: { by, period = "day" } }) =>
        Effect.mapError(usage.report(period, Option.fromUndefinedOr(by)), storeFailed),
      budget: () => Effect.mapError(usage.budget, storeFailed)
    })
  })
)
