// SPDX-License-Identifier: MIT OR Apache-2.0
/** No order of reserving, settling, releasing and keeping passes a cap or loses money, on the real ledger. */
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { AgentName, PersonId, SessionId, TurnId } from "../../src/domain/Ids.ts"
import type { Price } from "../../src/domain/prices.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import type { StoreError } from "../../src/services/Store.ts"
import { Settings } from "../../src/services/Settings.ts"

const price: Price = { input: 1, output: 10, cache_read: 0.1, cache_write: 1.25, cache_write_1h: 2 }
const zero = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 }

const callOf = (turn: string) => ({
  session: SessionId.make("session"),
  turn: TurnId.make(turn),
  step: 1,
  agent: AgentName.make("main"),
  person: PersonId.make("owner"),
  purpose: "chat" as const,
  provider: "fake",
  model: "fake",
  intendedModel: "fake",
  reasons: [],
  price: "{}",
  prefixHash: ""
})

/** Looking takes its time, so that parallel calls get in between unless something keeps them out. */
const slowLedger = Layer.effect(
  Ledger,
  Effect.map(Ledger, (ledger) =>
    Ledger.of({
      ...ledger,
      chargedSince: (time) => Effect.tap(ledger.chargedSince(time), () => Effect.yieldNow)
    })
  )
)

const budgetOf = (settings: Parameters<typeof Settings.layerFrom>[0]) =>
  Budget.layer.pipe(
    Layer.provideMerge(slowLedger),
    Layer.provideMerge(Database.repositories),
    Layer.provideMerge(Migrations.layer),
    Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
    Layer.provideMerge(SecureRandom.layerWebCrypto),
    Layer.provideMerge(Settings.layerFrom(settings))
  )

const caps = { daily: 100_000, perTurn: 60_000 }
const layer = budgetOf({ budget: { daily_usd: 0.1, monthly_usd: 0.25, per_turn_usd: 0.06 } })

const Between = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

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
  Schema.TaggedStruct("Pass", { hours: Between(0, 30) })
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
        let time = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
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
            day: Math.floor(time / dayMillis),
            reserved: charged,
            charged,
            isOpen: true
          })
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
              yield* TestClock.adjust(`${op.hours} hours`)
              time += op.hours * 3_600_000
              break
          }
          const sum = (isMeant: (one: Held) => boolean) =>
            held.reduce((total, one) => total + (isMeant(one) ? one.charged : 0), 0)
          const today = Math.floor(time / dayMillis)
          const spentToday = sum((one) => one.day === today)
          assert.isAtMost(spentToday, caps.daily)
          for (const turn of ["one", "two", "three"])
            assert.isAtMost(
              sum((one) => one.turn === turn),
              caps.perTurn
            )
          const [daily, monthly] = yield* budget.standing
          assert.strictEqual(daily!.spentMicros, spentToday, "nothing leaks, nothing is lost")
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
})
