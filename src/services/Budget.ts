// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reserves the worst case of a model call before it is made, so that no cap can be passed. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import {
  allCaps,
  BudgetWindow,
  type Cap,
  type CalendarWindow,
  capsFor,
  commonCaps
} from "../domain/budgetWindows.ts"
import { microsFromDollars } from "../domain/money.ts"
import { affordableOutput, type Price, worstCaseMicros } from "../domain/prices.ts"
import { Ledger, type Reservation } from "./Ledger.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** An answer shorter than this is not worth its prompt: the call is refused instead. */
const minOutputTokens = 1024

export class BudgetExceeded extends Schema.TaggedError<BudgetExceeded>()("BudgetExceeded", {
  window: BudgetWindow,
  limitMicros: Schema.Int,
  /** Spent or reserved. */
  spentMicros: Schema.Int,
  /** What the call could have cost at worst, with the shortest answer that is worth asking for. */
  neededMicros: Schema.Int,
  /** Whose share it is; empty for all other windows. */
  agent: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed(""))),
  /** When the window ends (milliseconds since 1970) and in which time zone; null: with the turn. */
  endsAt: Schema.NullOr(Schema.Int).pipe(Schema.withConstructorDefault(Effect.succeed(null))),
  zone: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed("UTC")))
}) {
  override get message(): string {
    return `the ${this.window} budget does not cover the call`
  }
}

/** How a cap of the calendar stands. */
export interface Standing<Window extends CalendarWindow = CalendarWindow> extends Cap<Window> {
  /** Settled, unconfirmed or reserved. */
  readonly spentMicros: number
  /** The part that is only reserved, for calls that run at this moment. */
  readonly reservedMicros: number
}

export class Budget extends Context.Service<
  Budget,
  {
    /**
     * Reserves a call's worst case and answers how many output tokens it covers: at most what was
     * asked for, at least `minOutputTokens`. One transaction: parallel calls cannot pass a cap.
     *
     * The call counts for the day and month in which it is reserved, also when it is settled later.
     * A window has a beginning and no end: when the clock was set back, what it says lies in the
     * future counts as well, so that going back in time makes no room.
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
    /** The same for every cap of the calendar, those for heartbeats and single agents included. */
    readonly windows: Effect.Effect<ReadonlyArray<Standing>, StoreError>
  }
>()("blufio/services/Budget") {
  static readonly layer = Layer.effect(
    Budget,
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const transactions = yield* Transactions
      const settings = yield* Settings
      const perTurnMicros = microsFromDollars(settings.budget.per_turn_usd)
      const zone = DateTime.zoneToString(settings.agent.time_zone)

      const standingOf = <Window extends CalendarWindow>(cap: Cap<Window>) =>
        Effect.gen(function* () {
          const spentMicros = yield* ledger.chargedSince(cap.start, cap)
          const reservedMicros = yield* ledger.reservedSince(cap.start, cap)
          return { ...cap, spentMicros, reservedMicros } satisfies Standing<Window>
        })

      const allStanding = <Window extends CalendarWindow>(
        caps: (now: number) => ReadonlyArray<Cap<Window>>
      ) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          Effect.forEach(caps(now), (cap) => standingOf(cap))
        )

      const reserve: Budget["Service"]["reserve"] = Effect.fn("Budget.reserve")(function* (
        call,
        { maxOutputTokens, price, promptBound }
      ) {
        // Read once: looked up and booked at two times, a call could count for a day it was not held against.
        const now = yield* Clock.currentTimeMillis
        const ofTurn = {
          window: "per_turn" as const,
          limitMicros: perTurnMicros,
          spentMicros: yield* ledger.chargedToTurn(call.turn),
          end: null
        }
        const ofCalendar = yield* Effect.forEach(capsFor(now, settings, call), (cap) =>
          Effect.map(ledger.chargedSince(cap.start, cap), (spentMicros) => ({
            ...cap,
            spentMicros
          }))
        )
        const left = (one: { readonly limitMicros: number; readonly spentMicros: number }) =>
          Math.max(0, one.limitMicros - one.spentMicros)
        const [tightest = ofTurn] = [ofTurn, ...ofCalendar].toSorted((a, b) => left(a) - left(b))
        const affordable = affordableOutput(price, promptBound, left(tightest))
        const output = Math.min(maxOutputTokens, affordable)
        const least = Math.min(minOutputTokens, maxOutputTokens)
        if (output < least) {
          return yield* new BudgetExceeded({
            window: tightest.window,
            limitMicros: tightest.limitMicros,
            spentMicros: tightest.spentMicros,
            neededMicros: worstCaseMicros(price, promptBound, least),
            agent: "agent" in tightest ? tightest.agent : "",
            endsAt: tightest.end,
            zone
          })
        }
        const micros = worstCaseMicros(price, promptBound, output)
        const id = yield* ledger.reserve({ ...call, micros }, now)
        return { id, maxOutputTokens: output }
      }, transactions.atomically)

      return Budget.of({
        reserve,
        standing: allStanding((now) => commonCaps(now, settings)),
        windows: allStanding((now) => allCaps(now, settings))
      })
    })
  )
}
