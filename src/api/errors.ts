// SPDX-License-Identifier: MIT OR Apache-2.0
/** How the API says no: `{ "error": { "type", "message" } }` with the right status. */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

const refusal = <const Type extends string>(type: Type, status: number) =>
  Schema.Struct({
    error: Schema.Struct({ type: Schema.Literal(type), message: Schema.String })
  }).pipe(HttpApiSchema.status(status))

export const BadRequest = refusal("invalid_request", 400)
export const Unauthorized = refusal("unauthorized", 401)
export const TooManyRequests = refusal("too_many_requests", 429)
export const Refused = refusal("refused", 403)
export const NotFound = refusal("not_found", 404)
export const BudgetExceeded = refusal("budget_exceeded", 402)
/** The message is stored, and its answer is an explanation of what went wrong. */
export const TurnFailed = refusal("turn_failed", 502)
export const StoreFailed = refusal("storage_failed", 500)

/** Answers requests that do not decode: 400, with the path of the fault. */
export class InvalidRequests extends HttpApiMiddleware.Service<InvalidRequests>()(
  "blufio/api/errors/InvalidRequests",
  { error: BadRequest }
) {}
