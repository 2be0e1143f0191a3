// SPDX-License-Identifier: MIT OR Apache-2.0
/** What this process is, how it fares, and what it logs. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Stream from "effect/Stream"
import { Api } from "../../api/Api.ts"
import { dollarsFromMicros } from "../../domain/money.ts"
import { Channels } from "../../services/Channel.ts"
import { Identity } from "../../services/Identity.ts"
import { LogRing } from "../../services/LogRing.ts"
import { Settings } from "../../services/Settings.ts"
import { Status } from "../../services/Status.ts"
import { storeFailed } from "./failures.ts"
import { pollReport } from "./pollReport.ts"

const toMegabytes = (bytes: number) => Math.round(bytes / 104_857.6) / 10

export const layer = HttpApiBuilder.group(
  Api,
  "daemon",
  Effect.fnUntraced(function* (handlers) {
    const channels = yield* Channels
    const identity = yield* Identity
    const ring = yield* LogRing
    const { storage } = yield* Settings
    const status = yield* Status
    const { command, pid, startedAt, version } = identity

    const report = Effect.gen(function* () {
      const now = yield* status.snapshot
      return {
        version,
        pid,
        running: true,
        uptime_seconds: Math.round(((yield* Clock.currentTimeMillis) - startedAt) / 1000),
        provider: now.provider,
        model: now.model,
        channels: channels.names,
        polls: pollReport(now.polls),
        active_sessions: now.activeSessions,
        outbox_depth: now.outboxDepth,
        memory_mb: toMegabytes(identity.memoryBytes()),
        budget: now.budget.map(({ limitMicros, spentMicros, window }) => ({
          window,
          limit_usd: dollarsFromMicros(limitMicros),
          spent_usd: dollarsFromMicros(spentMicros)
        })),
        problems: now.problems,
        warnings: now.warnings
      }
    })

    return handlers.handleAll({
      daemon: () =>
        Effect.succeed({
          pid,
          version,
          command,
          database: storage.path,
          started_at: DateTime.formatIso(DateTime.makeUnsafe(startedAt))
        }),
      status: () => Effect.mapError(report, storeFailed),
      logs: Effect.fnUntraced(function* ({ query }) {
        const followed = query.follow === "true" ? yield* ring.follow : Stream.empty
        const recent = yield* ring.recent
        return Stream.concat(Stream.fromIterable(recent), followed).pipe(
          Stream.map((line) => ({ line }))
        )
      })
    })
  })
)
