// SPDX-License-Identifier: MIT OR Apache-2.0
/** The HTTP contract, served on the daemon's socket; schemas and routes only, for clients to import. */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Needs } from "./access.ts"
import { AuditApi } from "./audit.ts"
import { CronApi } from "./cron.ts"
import {
  BadRequest,
  BudgetExceeded,
  InvalidRequests,
  NotFound,
  StoreFailed,
  TurnFailed
} from "./errors.ts"
import {
  Daemon,
  Decision,
  LogLine,
  Message,
  PairingRow,
  Readiness,
  Reply,
  SessionDetail,
  SessionName,
  SessionSummary,
  StatusReport,
  WatchEvent
} from "./schemas.ts"
import { MoneyApi } from "./money.ts"
import { AuthApi, IdentityApi } from "./identity.ts"
import { VaultApi } from "./vault.ts"

export class SystemApi extends HttpApiGroup.make("system", { topLevel: true })
  .add(
    HttpApiEndpoint.get("healthz", "/healthz", { success: Schema.Struct({ ok: Schema.Boolean }) })
  )
  .add(
    HttpApiEndpoint.get("readyz", "/readyz", {
      success: Readiness,
      error: Readiness.pipe(HttpApiSchema.status(503))
    })
  )
  .annotateEndpoints(Needs, "none") {}

export class DaemonApi extends HttpApiGroup.make("daemon", { topLevel: true })
  .add(HttpApiEndpoint.get("daemon", "/v1/daemon", { success: Daemon }))
  .add(HttpApiEndpoint.get("status", "/v1/status", { success: StatusReport, error: StoreFailed }))
  .annotateEndpoints(Needs, "read")
  .add(
    HttpApiEndpoint.get("logs", "/v1/logs", {
      query: { follow: Schema.optionalKey(Schema.Literals(["true", "false"])) },
      success: HttpApiSchema.StreamSse({ data: LogLine })
    }).annotate(Needs, "admin")
  ) {}

export class MessagesApi extends HttpApiGroup.make("messages", { topLevel: true })
  .add(
    /** Answers with JSON, or with server-sent events when `Accept` asks for them. */
    HttpApiEndpoint.post("send", "/v1/messages", {
      payload: Message,
      success: Reply,
      error: [BadRequest, BudgetExceeded, TurnFailed, StoreFailed]
    })
  )
  .add(
    /** Everything that is said in a session of the terminal, from now on and what waited. */
    HttpApiEndpoint.get("watch", "/v1/events", {
      query: { session: Schema.optionalKey(SessionName) },
      success: HttpApiSchema.StreamSse({ data: WatchEvent })
    })
  )
  .annotateEndpoints(Needs, "chat") {}

export class SessionsApi extends HttpApiGroup.make("sessions", { topLevel: true })
  .add(
    HttpApiEndpoint.get("sessions", "/v1/sessions", {
      success: Schema.Array(SessionSummary),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.get("session", "/v1/sessions/:id", {
      params: { id: Schema.NonEmptyString },
      success: SessionDetail,
      error: [NotFound, StoreFailed]
    })
  )
  .annotateEndpoints(Needs, "read") {}

export class PairingApi extends HttpApiGroup.make("pairing", { topLevel: true })
  .add(
    HttpApiEndpoint.get("pairings", "/v1/pairing", {
      success: Schema.Array(PairingRow),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.post("approvePairing", "/v1/pairing/approve", {
      payload: Decision,
      success: PairingRow,
      error: [NotFound, StoreFailed]
    })
  )
  .add(
    HttpApiEndpoint.post("revokePairing", "/v1/pairing/revoke", {
      payload: Decision,
      success: PairingRow,
      error: [NotFound, StoreFailed]
    })
  )
  .annotateEndpoints(Needs, "admin") {}

export class Api extends HttpApi.make("blufio")
  .add(SystemApi)
  .add(DaemonApi)
  .add(MessagesApi)
  .add(SessionsApi)
  .add(MoneyApi)
  .add(PairingApi)
  .add(AuditApi)
  .add(CronApi)
  .add(AuthApi)
  .add(IdentityApi)
  .add(VaultApi)
  .middleware(InvalidRequests) {}
