// SPDX-License-Identifier: MIT OR Apache-2.0
/** What was spent, on what, and what is left: for the command line, the API and the chat. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { forecastDays, forecastMicros } from "../domain/forecast.ts"
import { dollarsFromMicros, microsFromDollars } from "../domain/money.ts"
import {
  daysBefore,
  daysLeftInMonth,
  type Period,
  periodOf,
  type PeriodName
} from "../domain/period.ts"
import { pricesAsOf } from "../domain/prices.ts"
import type { BudgetReport, UsageBy, UsageGroup, UsageReport } from "../domain/usage.ts"
import { Budget, type Standing } from "./Budget.ts"
import { ContextStore } from "./ContextStore.ts"
import { Ledger, type UsageRow } from "./Ledger.ts"
import { Settings } from "./Settings.ts"
import type { StoreError } from "./Store.ts"

const isoTime = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

/** Four decimals: a ten-thousandth is finer than anybody acts on. */
const ratio = (part: number, whole: number) =>
  whole === 0 ? null : Number((part / whole).toFixed(4))

const figuresOf = (row: Omit<UsageRow, "key">) => {
  const cacheWrite = row.cacheWrite + row.cacheWrite1h
  return {
    cost_usd: dollarsFromMicros(row.settledMicros + row.unconfirmedMicros),
    unconfirmed_usd: dollarsFromMicros(row.unconfirmedMicros),
    tokens: {
      input: row.input,
      output: row.output,
      cache_read: row.cacheRead,
      cache_write: cacheWrite
    },
    cache_hit_ratio: ratio(row.cacheRead, row.input + row.cacheRead + cacheWrite),
    calls: {
      settled: row.settled,
      unconfirmed: row.unconfirmed,
      reserved: row.reserved,
      released: row.released
    }
  }
}

const groupOf = (row: UsageRow): UsageGroup => ({ key: row.key, ...figuresOf(row) })

const none: Omit<UsageRow, "key"> = {
  settledMicros: 0,
  unconfirmedMicros: 0,
  reservedMicros: 0,
  settled: 0,
  unconfirmed: 0,
  reserved: 0,
  released: 0,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0
}

const total = (rows: ReadonlyArray<UsageRow>): Omit<UsageRow, "key"> => {
  const sum = { ...none }
  for (const row of rows)
    for (const key of Object.keys(none) as ReadonlyArray<keyof typeof none>) sum[key] += row[key]
  return sum
}

const rowOf = ({ agent, end, limitMicros, spentMicros, window }: Standing) => ({
  window,
  agent: agent ?? null,
  limit_usd: dollarsFromMicros(limitMicros),
  spent_usd: dollarsFromMicros(spentMicros),
  remaining_usd: dollarsFromMicros(Math.max(0, limitMicros - spentMicros)),
  share: ratio(spentMicros, limitMicros),
  ends_at: isoTime(end)
})

export class Usage extends Context.Service<
  Usage,
  {
    /**
     * The day or month at hand. Like the caps it has no end: after a clock was set back, calls that
     * lie in the future count.
     */
    readonly report: (
      period: PeriodName,
      by: Option.Option<UsageBy>
    ) => Effect.Effect<UsageReport, StoreError>
    readonly budget: Effect.Effect<BudgetReport, StoreError>
  }
>()("blufio/services/Usage") {
  static readonly layer = Layer.effect(
    Usage,
    Effect.gen(function* () {
      const budget = yield* Budget
      const contexts = yield* ContextStore
      const ledger = yield* Ledger
      const { agent, budget: limits } = yield* Settings
      const zone = agent.time_zone
      const zoneName = DateTime.zoneToString(zone)

      const spentIn = ({ end, start }: Period) =>
        Effect.map(ledger.spentBetween(start, end), (spent) =>
          spent.reduce((sum, { micros }) => sum + micros, 0)
        )

      const forecast = Effect.fnUntraced(function* (now: number) {
        const first = Option.getOrElse(yield* ledger.firstAt, () => now)
        const past = daysBefore(now, zone, forecastDays).filter(({ end }) => end > first)
        return forecastMicros({
          monthMicros: yield* spentIn(periodOf(now, zone, "month")),
          todayMicros: yield* spentIn(periodOf(now, zone, "day")),
          lastDays: yield* Effect.forEach(past, spentIn),
          daysLeft: daysLeftInMonth(now, zone)
        })
      })

      return Usage.of({
        report: Effect.fn("Usage.report")(function* (period, by) {
          const now = yield* Clock.currentTimeMillis
          const { end, start } = periodOf(now, zone, period)
          const rows = yield* ledger.usage(
            start,
            Option.getOrElse(by, () => "purpose")
          )
          const sum = total(rows)
          return {
            period,
            start: isoTime(start),
            end: isoTime(end),
            time_zone: zoneName,
            ...figuresOf(sum),
            reserved_usd: dollarsFromMicros(sum.reservedMicros),
            forecast_usd: dollarsFromMicros(yield* forecast(now)),
            zones: yield* contexts.zonesSince(start),
            by: Option.getOrNull(by),
            groups: Option.isNone(by) ? [] : rows.map(groupOf),
            prices_as_of: pricesAsOf
          } satisfies UsageReport
        }),
        budget: Effect.gen(function* () {
          const windows = yield* budget.windows
          return {
            windows: windows.map(rowOf),
            per_turn_usd: dollarsFromMicros(microsFromDollars(limits.per_turn_usd)),
            reserved_usd: dollarsFromMicros(yield* ledger.reservedSince(0)),
            time_zone: zoneName
          } satisfies BudgetReport
        })
      })
    })
  )
}
