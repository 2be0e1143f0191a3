// SPDX-License-Identifier: MIT OR Apache-2.0
/** No order of reserving, settling, releasing and keeping passes a cap or loses money, on the real ledger. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { AgentName, TurnId } from "../../src/domain/Ids.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import type { StoreError } from "../../src/services/Store.ts"
import { Between, budgetOf, callOf, price, zero } from "./budgetSupport.ts"

const caps = { daily: 100_000, perTurn: 60_000 }
const layer = budgetOf({ budget: { daily_usd: 0.1, monthly_usd: 0.25, per_turn_usd: 0.06 } })

const Op = Schema.Union([
  Schema.TaggedStruct("Reserve", {
    turn: Schema.Literals(["one", "two", "three"]),
    bound: Between(0, 40_000),
    output: Between(1, 9000),
    /** So many calls at the same moment. */
    times: Between(1, 4)
  }),
  Schema.TaggedStruct("Settle", { share: Between(0, 100) }),
  Schema.TaggedStruct("Release", {}),
  Schema.TaggedStruct("Keep", {}),
  /** The clock is put forward, or back. */
  Schema.TaggedStruct("Pass", { hours: Between(-60, 60) }),
  /** The process dies and is started again. */
  Schema.TaggedStruct("Crash", {})
])

/** What the ledger should hold: calls by day, open or closed. */
interface Held {
  readonly id: number
  readonly turn: string
  readonly day: number
  readonly reserved: number
  charged: number
  isOpen: boolean
}

const dayMillis = 86_400_000

describe("Budget", () => {
  it.effect.prop(
    "never passes a cap, whatever happens in whatever order",
    [Schema.Array(Op)],
    ([ops]) =>
      Effect.gen(function* () {
        const budget = yield* Budget
        const ledger = yield* Ledger
        const held: Array<Held> = []
        let time = Date.UTC(2026, 6, 1, 12)
        yield* TestClock.setTime(time)
        const today = () => Math.floor(time / dayMillis)
        const reserve = Effect.fnUntraced(function* (
          op: Extract<typeof Op.Type, { _tag: "Reserve" }>
        ) {
          const result = yield* Effect.result(
            budget.reserve(callOf(op.turn), {
              price,
              promptBound: op.bound,
              maxOutputTokens: op.output
            })
          )
          if (Result.isFailure(result)) {
            assert.strictEqual(result.failure._tag, "BudgetExceeded")
            return
          }
          const { id, maxOutputTokens } = result.success
          assert.isAtMost(maxOutputTokens, op.output)
          assert.isAtLeast(maxOutputTokens, Math.min(1024, op.output))
          const row = (yield* ledger.ofTurn(TurnId.make(op.turn))).find((one) => one.id === id)
          const charged = row!.reservedMicros
          assert.isAtLeast(charged, op.bound + 10 * maxOutputTokens, "covers the worst case")
          held.push({
            id,
            turn: op.turn,
            day: today(),
            reserved: charged,
            charged,
            isOpen: true
          })
          // Going back in time makes no room: what was spent "tomorrow" counts.
          assert.isAtMost(
            held.reduce((total, one) => total + (one.day >= today() ? one.charged : 0), 0),
            caps.daily
          )
        })
        const close = (change: (one: Held) => Effect.Effect<void, StoreError>) =>
          Effect.suspend(() => {
            const one = held.find(({ isOpen }) => isOpen)
            if (one === undefined) return Effect.void
            one.isOpen = false
            return Effect.orDie(change(one))
          })
        for (const op of ops) {
          switch (op._tag) {
            case "Reserve":
              yield* Effect.forEach(Array.from({ length: op.times }), () => reserve(op), {
                concurrency: "unbounded",
                discard: true
              })
              break
            case "Settle":
              yield* close((one) => {
                one.charged = Math.floor((one.reserved * op.share) / 100)
                return ledger.settle(one.id, one.charged, zero, "ok")
              })
              break
            case "Release":
              yield* close((one) => {
                one.charged = 0
                return ledger.release(one.id, "refused")
              })
              break
            case "Keep":
              yield* close((one) => ledger.keep(one.id, "unknown"))
              break
            case "Pass":
              time += op.hours * 3_600_000
              yield* TestClock.setTime(time)
              break
            case "Crash": {
              const open = held.filter(({ isOpen }) => isOpen)
              assert.strictEqual(yield* ledger.keepAbandoned, open.length)
              for (const one of open) one.isOpen = false
              break
            }
          }
          const sum = (isMeant: (one: Held) => boolean) =>
            held.reduce((total, one) => total + (isMeant(one) ? one.charged : 0), 0)
          assert.isAtMost(
            sum((one) => one.day === today()),
            caps.daily
          )
          for (const turn of ["one", "two", "three"])
            assert.isAtMost(
              sum((one) => one.turn === turn),
              caps.perTurn
            )
          const [daily, monthly] = yield* budget.standing
          assert.strictEqual(
            daily!.spentMicros,
            sum((one) => one.day >= today()),
            "nothing leaks, nothing is lost"
          )
          assert.strictEqual(
            daily!.reservedMicros,
            sum((one) => one.day >= today() && one.isOpen)
          )
          assert.isAtMost(monthly!.spentMicros, monthly!.limitMicros)
        }
      }).pipe(Effect.provide(layer, { local: true }), Effect.scoped)
  )

  const spend = Effect.gen(function* () {
    const budget = yield* Budget
    return yield* budget.reserve(callOf("turn"), {
      price,
      promptBound: 1000,
      maxOutputTokens: 9000
    })
  })

  it.effect("a new day begins at midnight in the agent's zone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 6, 1, 14, 58))
      const budget = yield* Budget
      const reserve = (turn: string) =>
        budget.reserve(callOf(turn), { price, promptBound: 40_000, maxOutputTokens: 1000 })
      yield* reserve("one")
      const refused = yield* Effect.flip(reserve("two"))
      assert.deepInclude(refused, { _tag: "BudgetExceeded", window: "daily" })
      yield* TestClock.adjust("119 seconds")
      assert.strictEqual((yield* Effect.flip(reserve("two")))._tag, "BudgetExceeded")
      yield* TestClock.adjust("1 second")
      yield* reserve("two")
    }).pipe(
      Effect.provide(
        budgetOf({
          agent: { time_zone: "Asia/Tokyo" },
          budget: { daily_usd: 0.1, monthly_usd: 1, per_turn_usd: 1 }
        })
      )
    )
  )

  it.effect("an answer is cut to what remains, and refused when that is not worth its prompt", () =>
    Effect.gen(function* () {
      const first = yield* spend
      assert.isBelow(first.maxOutputTokens, 9000)
      assert.isAtLeast(first.maxOutputTokens, 1024)
      const refused = yield* Effect.flip(spend)
      assert.deepInclude(refused, {
        _tag: "BudgetExceeded",
        window: "per_turn",
        limitMicros: 60_000
      })
    }).pipe(Effect.provide(layer))
  )

  const spendAll = Effect.gen(function* () {
    const budget = yield* Budget
    const ledger = yield* Ledger
    const call = { price, promptBound: 45_000, maxOutputTokens: 500 }
    const { id } = yield* budget.reserve(callOf("first"), call)
    yield* ledger.settle(id, 100_000, zero, "ok")
  })
  const refusal = Effect.flatMap(Budget, (budget) =>
    Effect.flip(budget.reserve(callOf("next"), { price, promptBound: 1000, maxOutputTokens: 9000 }))
  )

  it.effect("a clock that is put back makes no room, and forward again neither", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 7, 1, 12))
      yield* spendAll
      for (const [day, hour] of [
        [1, 0],
        [0, 23],
        [-5, 12],
        [-40, 0],
        [1, 23.99]
      ] as const) {
        yield* TestClock.setTime(Date.UTC(2026, 7, day) + hour * 3_600_000)
        assert.deepInclude(yield* refusal, { _tag: "BudgetExceeded", window: "daily" })
      }
    }).pipe(
      Effect.provide(budgetOf({ budget: { daily_usd: 0.1, monthly_usd: 1, per_turn_usd: 1 } }))
    )
  )

  it.effect("a refusal tells what is spent, what was needed and when it ends", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 9, 31, 12))
      yield* spendAll
      assert.deepInclude(yield* refusal, {
        window: "daily",
        limitMicros: 100_000,
        spentMicros: 100_000,
        neededMicros: 1000 * 2 + 1024 * 10,
        endsAt: Date.UTC(2026, 10, 1, 4),
        zone: "America/Havana"
      })
    }).pipe(
      Effect.provide(
        budgetOf({
          agent: { time_zone: "America/Havana" },
          budget: { daily_usd: 0.1, monthly_usd: 1, per_turn_usd: 1 }
        })
      )
    )
  )

  it.effect("a call counts for the day it was reserved on, also when it ends after midnight", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 6, 31, 23, 59))
      const budget = yield* Budget
      const ledger = yield* Ledger
      const call = { price, promptBound: 40_000, maxOutputTokens: 1500 }
      const { id } = yield* budget.reserve(callOf("late"), call)
      yield* TestClock.adjust("2 minutes")
      assert.deepEqual(
        (yield* budget.standing).map(({ spentMicros }) => spentMicros),
        [0, 0]
      )
      yield* ledger.settle(id, 70_000, zero, "ok")
      yield* TestClock.adjust("-2 minutes")
      assert.deepEqual(
        (yield* budget.standing).map(({ spentMicros }) => spentMicros),
        [70_000, 70_000]
      )
    }).pipe(
      Effect.provide(budgetOf({ budget: { daily_usd: 0.1, monthly_usd: 1, per_turn_usd: 1 } }))
    )
  )

  it.effect("heartbeats have a month's budget of their own, and an agent its share", () =>
    Effect.gen(function* () {
      const budget = yield* Budget
      const call = { price, promptBound: 1000, maxOutputTokens: 1024 }
      const worst = 1000 * 2 + 1024 * 10
      const reserve = (turn: string, other: Partial<ReturnType<typeof callOf>>) =>
        budget.reserve({ ...callOf(turn), ...other }, call)
      yield* reserve("run-1", { purpose: "heartbeat" })
      const refused = yield* Effect.flip(reserve("run-2", { purpose: "heartbeat" }))
      assert.deepInclude(refused, {
        window: "heartbeat_monthly",
        limitMicros: 20_000,
        spentMicros: worst
      })
      const research = { agent: AgentName.make("research") }
      yield* reserve("chat-1", research)
      yield* reserve("chat-2", research)
      assert.deepInclude(yield* Effect.flip(reserve("chat-3", research)), {
        window: "agent_daily",
        agent: "research",
        limitMicros: 30_000,
        spentMicros: 2 * worst
      })
      yield* TestClock.adjust("1 day")
      yield* reserve("chat-4", research)
      assert.deepInclude(yield* Effect.flip(reserve("chat-5", research)), {
        window: "agent_monthly",
        limitMicros: 45_000
      })
      yield* reserve("chat-6", {})
      assert.deepEqual(
        (yield* budget.windows).map(({ spentMicros, window }) => [window, spentMicros / worst]),
        [
          ["daily", 2],
          ["monthly", 5],
          ["heartbeat_monthly", 1],
          ["agent_daily", 1],
          ["agent_monthly", 3]
        ]
      )
    }).pipe(
      Effect.provide(
        budgetOf({
          budget: {
            daily_usd: 0.1,
            monthly_usd: 0.15,
            per_turn_usd: 1,
            heartbeat_monthly_usd: 0.02
          },
          agents: { research: { budget_share: 0.3 } }
        })
      )
    )
  )
})
