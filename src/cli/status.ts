// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio status`: whether a daemon runs, how it fares, and what was spent. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import packageJson from "../../package.json" with { type: "json" }
import type { StatusReport } from "../api/schemas.ts"
import { dollarsFromMicros, formatDollars } from "../domain/money.ts"
import { spokenAge } from "../domain/spokenDuration.ts"
import { ask } from "../layers/DaemonClient.ts"
import { layerReadOnly } from "../layers/Offline.ts"
import { Budget } from "../services/Budget.ts"
import { OutboxStore } from "../services/OutboxStore.ts"
import { budgetWarnings } from "../services/Status.ts"
import { print } from "./output.ts"
import { reach } from "./reach.ts"
import { formatSpan } from "./table.ts"

const notRunning: StatusReport = {
  version: packageJson.version,
  pid: null,
  running: false,
  uptime_seconds: null,
  provider: null,
  model: null,
  channels: [],
  polls: [],
  active_sessions: 0,
  outbox_depth: 0,
  memory_mb: null,
  budget: [],
  problems: [],
  warnings: []
}

const fromDatabase = Effect.gen(function* () {
  const budget = yield* Budget
  const outbox = yield* OutboxStore
  const standing = yield* budget.standing
  return {
    ...notRunning,
    outbox_depth: yield* outbox.depth,
    budget: standing.map(({ limitMicros, spentMicros, window }) => ({
      window,
      limit_usd: dollarsFromMicros(limitMicros),
      spent_usd: dollarsFromMicros(spentMicros)
    })),
    warnings: budgetWarnings(yield* budget.windows)
  } satisfies StatusReport
})

const windows = { daily: "today", monthly: "this month" } as const

const spell = (report: StatusReport): string =>
  [
    report.running
      ? `Blufio ${report.version} is running: pid ${report.pid}, ` +
        `up ${formatSpan((report.uptime_seconds ?? 0) * 1000)}, ${report.memory_mb} MB`
      : "Blufio is not running. Start it with: blufio serve",
    ...(report.running
      ? [
          `Model     ${report.model} (${report.provider})`,
          `Channels  ${report.channels.join(", ")}`,
          ...report.polls.map(
            ({ age_seconds, channel }) =>
              `Polled    ${channel}: ${age_seconds === null ? "not yet" : spokenAge(age_seconds * 1000)}`
          ),
          `Sessions  ${report.active_sessions} active`
        ]
      : []),
    ...(report.outbox_depth > 0 ? [`Outbox    ${report.outbox_depth} not delivered`] : []),
    ...report.budget.map(
      ({ limit_usd, spent_usd, window }) =>
        `Spent     ${formatDollars(spent_usd)} of ${formatDollars(limit_usd)} ${windows[window]}`
    ),
    ...report.warnings.map((warning) => `Warning   ${warning}`),
    ...report.problems.map(({ detail, part }) => `Problem   ${part}: ${detail}`)
  ].join("\n")

export const command = Command.make(
  "status",
  {},
  Effect.fn("status")(function* () {
    const report = yield* reach({
      daemon: (client) => ask(client.status({})),
      database: (settings) => Effect.provide(fromDatabase, layerReadOnly(settings)),
      nothing: () => Effect.succeed(notRunning)
    })
    yield* print(spell(report), report)
  })
).pipe(Command.withDescription("Say whether Blufio is running, and how it fares"))
