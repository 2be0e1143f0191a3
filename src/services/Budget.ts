// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reserves the worst case of a model call before it is made, so that no cap can be passed. */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { microsFromDollars } from "../domain/money.ts"
import { affordableOutput, type Price, worstCaseMicros } from "../domain/prices.ts"
import { Ledger, type Reservation } from "./Ledger.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** An answer shorter than this is not worth its prompt: the call is refused instead. */
const minOutputTokens = 1024

export const BudgetWindow = Schema.Literals(["per_turn", "daily", "monthly"])
export type BudgetWindow = typeof BudgetWindow.Type

export class BudgetExceeded extends Schema.TaggedError<BudgetExceeded>()("BudgetExceeded", {
  window: BudgetWindow,
  limitMicros: Schema.Int,
  spentMicros: Schema.Int,
  neededMicros: Schema.Int
}) {
  override get message(): string {
    return `the ${this.window} budget does not cover the call`
  }
}

export interface Standing<Window extends BudgetWindow = BudgetWindow> {
  readonly window: Window
  readonly limitMicros: number
  readonly spentMicros: number
}

export class Budget extends Context.Service<
  Budget,
  {
    /**
     * Reserves a call's worst case and answers how many output tokens it covers: at most what was
     * asked for, at least `minOutputTokens`. One transaction: parallel calls cannot pass a cap.
     */
    readonly reserve: (
      call: Omit<Reservation, "micros">,
      options: {
        readonly price: Price
        /** In tokens; the call's prompt must not exceed it. */
        readonly promptBound: number
        readonly maxOutputTokens: number
      }
    ) => Effect.Effect<
      { readonly id: number; readonly maxOutputTokens: number },
      BudgetExceeded | StoreError
    >
    /** Today's and this month's spending in the agent's time zone. */
    readonly standing: Effect.Effect<ReadonlyArray<Standing<"daily" | "monthly">>, StoreError>
  }
>()("blufio/services/Budget") {
  static readonly layer = Layer.effect(
    Budget,
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const transactions = yield* Transactions
      const { agent, budget } = yield* Settings

      const chargedThis = (part: "day" | "month") =>
        Effect.flatMap(DateTime.now, (now) => {
          const start = DateTime.startOf(DateTime.setZone(now, agent.time_zone), part)
          return ledger.chargedSince(DateTime.toEpochMillis(start))
        })

      const standing = Effect.gen(function* () {
        const daily = yield* chargedThis("day")
        const monthly = yield* chargedThis("month")
        return [
          { window: "daily", limitMicros: microsFromDollars(budget.daily_usd), spentMicros: daily },
          {
            window: "monthly",
            limitMicros: microsFromDollars(budget.monthly_usd),
            spentMicros: monthly
          }
        ] satisfies ReadonlyArray<Standing<"daily" | "monthly">>
      })

      const reserve: Budget["Service"]["reserve"] = Effect.fn("Budget.reserve")(function* (
        call,
        options
      ) {
        const turn: Standing = {
          window: "per_turn",
          limitMicros: microsFromDollars(budget.per_turn_usd),
          spentMicros: yield* ledger.chargedToTurn(call.turn)
        }
        const left = ({ limitMicros, spentMicros }: Standing) =>
          Math.max(0, limitMicros - spentMicros)
        const tightest = [turn, ...(yield* standing)].reduce((a, b) => (left(b) < left(a) ? b : a))
        const affordable = affordableOutput(options.price, options.promptBound, left(tightest))
        const maxOutputTokens = Math.min(options.maxOutputTokens, affordable)
        if (maxOutputTokens < Math.min(minOutputTokens, options.maxOutputTokens)) {
          const needed = worstCaseMicros(options.price, options.promptBound, minOutputTokens)
          return yield* new BudgetExceeded({ ...tightest, neededMicros: needed })
        }
        const worst = worstCaseMicros(options.price, options.promptBound, maxOutputTokens)
        const id = yield* ledger.reserve({ ...call, micros: worst })
        return { id, maxOutputTokens }
      }, transactions.atomically)

      return Budget.of({ reserve, standing })
    })
  )
}
