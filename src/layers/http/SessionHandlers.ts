// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sessions over HTTP: which there are, and what happened in one. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Api } from "../../api/Api.ts"
import { Reports } from "../../services/Reports.ts"
import { notFound, storeFailed } from "./failures.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "sessions",
  Effect.fnUntraced(function* (handlers) {
    const reports = yield* Reports
    return handlers.handleAll({
      sessions: () => Effect.mapError(reports.sessions, storeFailed),
      session: ({ params }) =>
        Effect.mapError(reports.session(params.id), (error) =>
          error._tag === "UnknownSession" ? notFound(error.message) : storeFailed()
        )
    })
  })
)
