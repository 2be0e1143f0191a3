// SPDX-License-Identifier: MIT OR Apache-2.0
/** Up to a hundred sessions at once, while calls fail, the process dies and the clock jumps: no cap is passed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { AgentName } from "../../src/domain/Ids.ts"
import type { Purpose } from "../../src/domain/Purpose.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { Between, budgetOf, callOf, price, zero } from "./budgetSupport.ts"

interface SessionPlan {
  readonly turn: number
  readonly purpose: Purpose
  readonly agent: string
  readonly bound: number
  readonly output: number
  /** How often others get a turn before the call, and while it runs. */
  readonly before: number
  readonly during: number
  readonly end: "settle" | "release" | "keep" | "never"
  readonly share: number
}

/** Generated lists stay short: a seed makes long ones, and still shrinks by its counts. */
const Course = Schema.Struct({
  seed: Between(0, 1_000_000),
  sessions: Between(1, 100),
  jumps: Between(0, 20),
  /** The process dies after so many steps of the scheduler; the later half starts after it. */
  deathAfter: Between(0, 400)
})

const random = (seed: number) => {
  let state = seed + 1
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * limit)
  }
  const oneOf = <A>(...choices: readonly [A, ...ReadonlyArray<A>]): A =>
    choices[below(choices.length)] ?? choices[0]
  return { below, oneOf }
}

const coursesOf = ({ jumps, seed, sessions }: typeof Course.Type) => {
  const { below, oneOf } = random(seed)
  return {
    sessions: Array.from({ length: sessions }, (): SessionPlan => ({
      turn: below(40),
      purpose: oneOf("chat", "tool_follow_up", "compaction", "heartbeat", "cron"),
      agent: oneOf("main", "main", "research"),
      bound: below(oneOf(1000, 30_000)),
      output: 1 + below(6000),
      before: below(oneOf(5, 300)),
      during: below(oneOf(5, 300)),
      end: oneOf("settle", "settle", "release", "keep", "never"),
      share: below(101)
    })),
    jumps: Array.from({ length: jumps }, () => ({
      after: 1 + below(40),
      // Around midnight, and a day or more, there and back.
      minutes: below(oneOf(120, 1500, 5000)) * oneOf(1, -1)
    }))
  }
}

const zone = "America/Havana"
const caps = { day: 300_000, month: 700_000, turn: 100_000, heartbeat: 60_000, share: 0.4 }
const layer = budgetOf({
  agent: { time_zone: zone },
  budget: { daily_usd: 0.3, monthly_usd: 0.7, per_turn_usd: 0.1, heartbeat_monthly_usd: 0.06 },
  agents: { research: { budget_share: caps.share } }
})

/** Half an hour before a month ends, and with it the summer: that night has an hour twice. */
const evening = Date.UTC(2026, 10, 1, 3, 30)

const yieldTimes = (times: number) => Effect.repeat(Effect.yieldNow, { times })

const localDate = new Intl.DateTimeFormat("en-CA", { timeZone: zone })

interface Row {
  readonly turn: string
  readonly purpose: string
  readonly agent: string
  readonly state: string
  readonly charged: number
  readonly at: number
}

const allRows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Row>`SELECT turn, purpose, agent, state, charged_micros AS charged,
    created_at AS at FROM cost_ledger`
})

/** Every window by a calendar that is not the program's own. */
const assertCaps = (rows: ReadonlyArray<Row>) => {
  const sums = new Map<string, readonly [sum: number, cap: number]>()
  const add = (window: string, cap: number, charged: number) =>
    sums.set(window, [(sums.get(window)?.[0] ?? 0) + charged, cap])
  for (const { agent, at, charged, purpose, turn } of rows) {
    const day = localDate.format(at)
    const month = day.slice(0, 7)
    add(`turn ${turn}`, caps.turn, charged)
    add(`day ${day}`, caps.day, charged)
    add(`month ${month}`, caps.month, charged)
    if (purpose === "heartbeat") add(`heartbeats ${month}`, caps.heartbeat, charged)
    if (agent === "research") {
      add(`research ${day}`, caps.day * caps.share, charged)
      add(`research ${month}`, caps.month * caps.share, charged)
    }
  }
  for (const [window, [sum, cap]] of sums) assert.isAtMost(sum, cap, window)
}

describe("many sessions", () => {
  it.effect.prop(
    "pass no cap in any window and leak no reservation",
    [Course],
    ([seeds]) =>
      Effect.gen(function* () {
        const course = coursesOf(seeds)
        const budget = yield* Budget
        const ledger = yield* Ledger
        let time = evening
        yield* TestClock.setTime(time)

        const session = Effect.fnUntraced(function* (plan: SessionPlan) {
          yield* yieldTimes(plan.before)
          const call = {
            ...callOf(`turn-${plan.turn}`),
            purpose: plan.purpose,
            agent: AgentName.make(plan.agent)
          }
          const options = { price, promptBound: plan.bound, maxOutputTokens: plan.output }
          const held = yield* Effect.catchTag(
            budget.reserve(call, options),
            "BudgetExceeded",
            () => Effect.undefined
          )
          assertCaps(yield* allRows)
          if (held === undefined) return
          yield* yieldTimes(plan.during)
          const worst = plan.bound + 10 * held.maxOutputTokens
          if (plan.end === "settle")
            yield* ledger.settle(held.id, Math.floor((worst * plan.share) / 100), zero, "stop")
          if (plan.end === "release") yield* ledger.release(held.id, "refused")
          if (plan.end === "keep") yield* ledger.keep(held.id, "unknown")
        })

        const clock = Effect.forEach(course.jumps, ({ after, minutes }) =>
          Effect.andThen(
            yieldTimes(after),
            Effect.suspend(() => {
              time += minutes * 60_000
              return TestClock.setTime(time)
            })
          )
        )
        const all = (plans: ReadonlyArray<SessionPlan>) =>
          Effect.forEach(plans, session, { concurrency: "unbounded", discard: true })

        const half = Math.ceil(course.sessions.length / 2)
        const jumping = yield* Effect.forkChild(clock)
        const firstLife = yield* Effect.forkChild(all(course.sessions.slice(0, half)))
        yield* yieldTimes(seeds.deathAfter)
        yield* Fiber.interrupt(firstLife)
        yield* ledger.keepAbandoned
        yield* all(course.sessions.slice(half))
        yield* ledger.keepAbandoned
        yield* Fiber.join(jumping)

        const rows = yield* allRows
        assertCaps(rows)
        for (const { charged, state } of rows) {
          assert.notStrictEqual(state, "reserved", "a reservation leaked")
          if (state === "released") assert.strictEqual(charged, 0)
        }
        const total = rows.reduce((sum, { charged }) => sum + charged, 0)
        assert.strictEqual(yield* ledger.chargedSince(0), total)
        assert.strictEqual(yield* ledger.reservedSince(0), 0)
      }).pipe(Effect.provide(layer, { local: true }), Effect.scoped),
    { timeout: 60_000 }
  )
})
