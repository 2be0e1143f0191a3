// SPDX-License-Identifier: MIT OR Apache-2.0
/** Is the process alive, and can it do its work? Without authentication, so without details of either. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import { pollReport } from "./pollReport.ts"
import { Readiness } from "../../services/Readiness.ts"

const healthz = () => Effect.succeed({ ok: true })

const readyz = Effect.fnUntraced(function* (readiness: Readiness["Service"]) {
  const report = yield* readiness.report
  const { problems } = report
  const polls = pollReport(report.polls)
  if (problems.length > 0) return yield* Effect.fail({ ready: false, problems, polls })
  return { ready: true, problems, polls }
})

export const layer = HttpApiBuilder.group(
  Api,
  "system",
  Effect.fnUntraced(function* (handlers) {
    const readiness = yield* Readiness
    return handlers.handleAll({ healthz, readyz: () => readyz(readiness) })
  })
)
