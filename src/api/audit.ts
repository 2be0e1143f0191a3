// SPDX-License-Identifier: MIT OR Apache-2.0
/** The record of what matters, for those who may see everything. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { AuditEvent, AuditVerdict } from "../domain/audit.ts"
import { Needs } from "./access.ts"
import { StoreFailed } from "./errors.ts"

export const AuditEntry = Schema.Struct({
  seq: Schema.Int,
  /** ISO 8601. */
  time: Schema.String,
  ...AuditEvent.fields
})
export type AuditEntry = typeof AuditEntry.Type

const Count = Schema.FiniteFromString.check(
  Schema.isInt(),
  Schema.isBetween({ minimum: 1, maximum: 1000 })
)

export class AuditApi extends HttpApiGroup.make("audit", { topLevel: true })
  .add(
    HttpApiEndpoint.get("auditTail", "/v1/audit", {
      query: { count: Schema.optionalKey(Count) },
      success: Schema.Array(AuditEntry),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.get("auditVerify", "/v1/audit/verify", {
      query: { noted: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(128))) },
      success: AuditVerdict,
      error: StoreFailed
    })
  )
  .annotateEndpoints(Needs, "admin") {}
