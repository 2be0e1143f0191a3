// SPDX-License-Identifier: MIT OR Apache-2.0
/** Requests that do not decode are answered with 400 and the path of the fault. */
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { redact } from "../../domain/redaction/scan.ts"
import { InvalidRequests } from "../../api/errors.ts"

export const layer = HttpApiMiddleware.layerSchemaErrorTransform(
  InvalidRequests,
  ({ cause, kind }) =>
    Effect.fail({
      error: {
        type: "invalid_request" as const,
        message: redact(`${kind.toLowerCase()}: ${cause.message}`)
      }
    })
)
