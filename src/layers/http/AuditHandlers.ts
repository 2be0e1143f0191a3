// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over HTTP: the audit's newest rows, and whether all are as they were written. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Api } from "../../api/Api.ts"
import type { AuditEntry } from "../../api/audit.ts"
import type { AuditRow } from "../../domain/audit.ts"
import { Audit } from "../../services/Audit.ts"
import { storeFailed } from "./failures.ts"

export const entryOf = ({ at, ...event }: AuditRow): AuditEntry => ({
  ...event,
  time: DateTime.formatIso(DateTime.makeUnsafe(at))
})

const usual = 20

export const layer = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function* (handlers) {
    const audit = yield* Audit
    return handlers.handleAll({
      auditTail: ({ query: { count = usual } }) =>
        audit.tail(count).pipe(
          Effect.map((rows) => rows.map(entryOf)),
          Effect.mapError(storeFailed)
        ),
      auditVerify: ({ query: { noted } }) =>
        Effect.mapError(audit.verify(Option.fromUndefinedOr(noted)), storeFailed)
    })
  })
)
