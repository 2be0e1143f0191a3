// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reports about money as people read them, in the terminal and in chat. */
import * as DateTime from "effect/DateTime"
import { windowName } from "./budgetWindows.ts"
import { formatDollars } from "./money.ts"
import { spellInstant } from "./period.ts"
import { oneLine } from "./printable.ts"
import type { BudgetReport, BudgetRow, UsageGroup, UsageReport } from "./usage.ts"

const percent = (share: number | null): string =>
  share === null ? "–" : `${Math.floor(share * 1000) / 10} %`

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

const instant = (iso: string, zone: string) =>
  spellInstant(DateTime.toEpochMillis(DateTime.makeUnsafe(iso)), zone)

const spellTokens = ({ tokens }: Pick<UsageGroup, "tokens">): string =>
  [
    `${tokens.input} in`,
    `${tokens.output} out`,
    `${tokens.cache_read} read from cache`,
    `${tokens.cache_write} written to cache`
  ].join(", ")

const spellCalls = ({ calls }: Pick<UsageGroup, "calls">): string =>
  [
    `${calls.settled + calls.unconfirmed}`,
    ...(calls.unconfirmed > 0 ? [`${calls.unconfirmed} of them unconfirmed`] : []),
    ...(calls.reserved > 0 ? [`${calls.reserved} running`] : []),
    ...(calls.released > 0 ? [`${calls.released} refused and free`] : [])
  ].join(", ")

const spellGroup = (group: UsageGroup): string =>
  `  ${oneLine(group.key)}: ${formatDollars(group.cost_usd)}, calls ${spellCalls(group)}, ` +
  `tokens ${spellTokens(group)}, cache hits ${percent(group.cache_hit_ratio)}`

export const spellUsage = (report: UsageReport): string =>
  [
    `Spent ${report.period === "day" ? "today" : "this month"}: ${formatDollars(report.cost_usd)} ` +
      `(until ${instant(report.end, report.time_zone)})`,
    ...(report.unconfirmed_usd > 0
      ? [`  of that unconfirmed, at worst: ${formatDollars(report.unconfirmed_usd)}`]
      : []),
    ...(report.reserved_usd > 0
      ? [`Held for what runs now: ${formatDollars(report.reserved_usd)}`]
      : []),
    `Calls: ${spellCalls(report)}`,
    `Tokens: ${spellTokens(report)}`,
    `Cache hits: ${percent(report.cache_hit_ratio)} of all input`,
    ...(report.zones.length === 0
      ? []
      : [
          `Prompts (about): ${report.zones.map(({ name, tokens }) => `${name} ${tokens}`).join(", ")}`
        ]),
    `Forecast for the month: ${formatDollars(report.forecast_usd)}`,
    ...(report.by === null
      ? []
      : [`By ${report.by}:`, ...(report.groups.length === 0 ? ["  nothing yet"] : [])]),
    ...report.groups.map(spellGroup)
  ].join("\n")

const spellWindow = (row: BudgetRow, zone: string): string =>
  `${capital(windowName({ window: row.window, agent: row.agent ?? "" }))}: ` +
  `${formatDollars(row.spent_usd)} of ${formatDollars(row.limit_usd)} (${percent(row.share)}), ` +
  `${formatDollars(row.remaining_usd)} left until ${instant(row.ends_at, zone)}`

export const spellBudget = (report: BudgetReport): string =>
  [
    ...report.windows.map((row) => spellWindow(row, report.time_zone)),
    `One turn may cost: ${formatDollars(report.per_turn_usd)}`,
    `Held for what runs now: ${formatDollars(report.reserved_usd)}`
  ].join("\n")
