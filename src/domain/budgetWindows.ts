// SPDX-License-Identifier: MIT OR Apache-2.0
/** The caps that hold at a moment: how much each allows, for what, and over which stretch of time. */
import * as Schema from "effect/Schema"
import { AgentName } from "./Ids.ts"
import { microsFromDollars } from "./money.ts"
import { periodOf, type PeriodName } from "./period.ts"
import type { Purpose } from "./Purpose.ts"
import type { SettingsData } from "./Settings.ts"

export const BudgetWindow = Schema.Literals([
  "per_turn",
  "daily",
  "monthly",
  "heartbeat_monthly",
  "agent_daily",
  "agent_monthly"
])
export type BudgetWindow = typeof BudgetWindow.Type

/** A window that is a stretch of the calendar. */
export type CalendarWindow = Exclude<BudgetWindow, "per_turn">

/** Shares of a cap, in percent, at which its owner is warned. */
export const warningThresholds = [75, 90] as const

export interface Cap<Window extends CalendarWindow = CalendarWindow> {
  readonly window: Window
  /** The only agent or purpose whose calls count. */
  readonly agent?: AgentName
  readonly purpose?: Purpose
  readonly limitMicros: number
  /** Milliseconds since 1970. */
  readonly start: number
  readonly end: number
}

type Config = Pick<SettingsData, "agent" | "agents" | "budget">

const over = (now: number, { agent }: Config, name: PeriodName) =>
  periodOf(now, agent.time_zone, name)

/** What all calls together may cost today and this month. */
export const commonCaps = (
  now: number,
  config: Config
): readonly [Cap<"daily">, Cap<"monthly">] => [
  {
    window: "daily",
    limitMicros: microsFromDollars(config.budget.daily_usd),
    ...over(now, config, "day")
  },
  {
    window: "monthly",
    limitMicros: microsFromDollars(config.budget.monthly_usd),
    ...over(now, config, "month")
  }
]

const heartbeatCap = (now: number, config: Config): Cap => ({
  window: "heartbeat_monthly",
  purpose: "heartbeat",
  limitMicros: microsFromDollars(config.budget.heartbeat_monthly_usd),
  ...over(now, config, "month")
})

/** An agent's share of the day and of the month; none when it has no share of its own. */
const agentCaps = (now: number, config: Config, agent: string): ReadonlyArray<Cap> => {
  const share = Object.hasOwn(config.agents, agent) ? config.agents[agent]?.budget_share : undefined
  if (share === undefined || agent === "") return []
  const shareOf = (cap: Cap, window: CalendarWindow): Cap => ({
    ...cap,
    window,
    agent: AgentName.make(agent),
    limitMicros: Math.floor(cap.limitMicros * share)
  })
  const [daily, monthly] = commonCaps(now, config)
  return [shareOf(daily, "agent_daily"), shareOf(monthly, "agent_monthly")]
}

/** Every cap of the calendar that there is. */
export const allCaps = (now: number, config: Config): ReadonlyArray<Cap> => [
  ...commonCaps(now, config),
  heartbeatCap(now, config),
  ...Object.keys(config.agents).flatMap((agent) => agentCaps(now, config, agent))
]

/** Those of the calendar's caps that one call must keep to. */
export const capsFor = (
  now: number,
  config: Config,
  call: { readonly purpose: Purpose; readonly agent: AgentName }
): ReadonlyArray<Cap> => [
  ...commonCaps(now, config),
  ...(call.purpose === "heartbeat" ? [heartbeatCap(now, config)] : []),
  ...agentCaps(now, config, call.agent)
]

/** What a window is called in a sentence. */
export const windowName = ({
  agent = "",
  window
}: {
  readonly window: BudgetWindow
  readonly agent?: string
}): string =>
  ({
    per_turn: "this turn's budget",
    daily: "today's budget",
    monthly: "this month's budget",
    heartbeat_monthly: "this month's budget for heartbeats",
    agent_daily: `the agent ${agent}'s share of today's budget`,
    agent_monthly: `the agent ${agent}'s share of this month's budget`
  })[window]

/** The key of the configuration that raises a window. */
export const windowKey = ({
  agent = "",
  window
}: {
  readonly window: BudgetWindow
  readonly agent?: string
}): string =>
  ({
    per_turn: "budget.per_turn_usd",
    daily: "budget.daily_usd",
    monthly: "budget.monthly_usd",
    heartbeat_monthly: "budget.heartbeat_monthly_usd",
    agent_daily: `agents.${agent}.budget_share`,
    agent_monthly: `agents.${agent}.budget_share`
  })[window]

/** The share of a cap that is really spent, in percent: what is only reserved may come back. */
export const usedPercent = (standing: {
  readonly limitMicros: number
  readonly spentMicros: number
  readonly reservedMicros: number
}): number =>
  standing.limitMicros === 0
    ? 0
    : ((standing.spentMicros - standing.reservedMicros) / standing.limitMicros) * 100
