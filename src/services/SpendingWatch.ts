// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tells the owner when a budget is nearly spent, and when money goes out while nobody speaks. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { usedPercent, warningThresholds, windowKey, windowName } from "../domain/budgetWindows.ts"
import { owner } from "../domain/Ids.ts"
import { formatMicros } from "../domain/money.ts"
import { spellInstant } from "../domain/period.ts"
import { Audit } from "./Audit.ts"
import { Budget, type Standing } from "./Budget.ts"
import { InboxStore } from "./InboxStore.ts"
import { Ledger } from "./Ledger.ts"
import { Notices } from "./Notices.ts"
import { Outbox } from "./Outbox.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"
import { WarningStore } from "./WarningStore.ts"

/** Less than this in an hour is what heartbeats cost that find something to do: no alarm. */
const alarmFloorMicros = 10_000
const alarmSpan = Duration.toMillis(Duration.hours(1))

export class SpendingWatch extends Context.Service<
  SpendingWatch,
  {
    /**
     * Warns at each threshold of the day's and the month's budget, once a period. What is only
     * reserved does not count: it may come back.
     */
    readonly warn: Effect.Effect<void, StoreError>
    /**
     * Alarms, once an hour at most, when more than a cent went out within an hour in which no person
     * said anything. What a turn may still spend on the last message that a person sent is not
     * alarming: it has `agent.turn_timeout` for that.
     */
    readonly alarm: Effect.Effect<void, StoreError>
  }
>()("blufio/services/SpendingWatch") {
  static readonly layer = Layer.effect(
    SpendingWatch,
    Effect.gen(function* () {
      const audit = yield* Audit
      const budget = yield* Budget
      const inbox = yield* InboxStore
      const ledger = yield* Ledger
      const notices = yield* Notices
      const outbox = yield* Outbox
      const store = yield* WarningStore
      const { agent } = yield* Settings
      const { atomically } = yield* Transactions
      const zone = DateTime.zoneToString(agent.time_zone)

      const warning = (standing: Standing) =>
        `💰 ${Math.floor(usedPercent(standing))} % of ${windowName(standing)} is spent: ` +
        `${formatMicros(standing.spentMicros - standing.reservedMicros)} of ` +
        `${formatMicros(standing.limitMicros)}. When all of it is, I refuse to call a model until ` +
        `${spellInstant(standing.end, zone)}. See /usage by purpose for where it went; to go on ` +
        `longer, raise ${windowKey(standing)} in blufio.toml and restart me.`

      const warnOf = Effect.fnUntraced(function* (standing: Standing<"daily" | "monthly">) {
        const percent = usedPercent(standing)
        const crossed = warningThresholds.filter((threshold) => percent >= threshold)
        if (crossed.length === 0) return Option.none()
        const known = yield* store.of(standing)
        const fresh = crossed.filter(
          (threshold) => !known.some((one) => one.threshold === threshold)
        )
        if (fresh.length === 0 && known.every(({ toldAt }) => toldAt !== null)) return Option.none()
        const now = yield* Clock.currentTimeMillis
        for (const threshold of fresh) {
          yield* store.raise(standing, threshold, now)
          yield* audit.record({
            action: "budget.warned",
            actor: "daemon",
            subject: standing.window,
            outcome: "ok",
            detail: {
              percent: threshold,
              limit_micros: standing.limitMicros,
              spent_micros: standing.spentMicros - standing.reservedMicros
            }
          })
        }
        const chat = yield* notices.enqueue(owner, warning(standing))
        if (Option.isSome(chat)) yield* store.tell(standing, now)
        return chat
      }, atomically)

      const warn = Effect.gen(function* () {
        for (const standing of yield* budget.standing) {
          const chat = yield* warnOf(standing)
          if (Option.isSome(chat)) yield* outbox.wake(chat.value)
        }
      }).pipe(Effect.withSpan("SpendingWatch.warn"))

      const alarmText = (
        micros: number,
        spent: ReadonlyArray<{ readonly purpose: string; readonly micros: number }>
      ) =>
        [
          `🔥 ${formatMicros(micros)} went out in an hour in which nobody spoke to me:`,
          ...spent.map((one) => `- ${one.purpose}: ${formatMicros(one.micros)}`),
          "If you do not expect that: /cron shows what is scheduled, heartbeat.enabled = false in " +
            "blufio.toml ends the heartbeat, and budget.daily_usd caps it all. /usage tells more."
        ].join("\n")

      const raiseAlarm = Effect.fnUntraced(function* () {
        const now = yield* Clock.currentTimeMillis
        const spoken = Option.getOrElse(yield* inbox.lastSpoken(now), () => -Infinity)
        const hourAgo = now - alarmSpan
        if (spoken > hourAgo) return Option.none()
        const since = Math.max(hourAgo, spoken + Duration.toMillis(agent.turn_timeout))
        const spent = (yield* ledger.spentBetween(since, now + 1)).filter(
          // Who sets Blufio up is there, though not in a chat.
          ({ purpose }) => purpose !== "key_check"
        )
        const micros = spent.reduce((sum, one) => sum + one.micros, 0)
        if (micros <= alarmFloorMicros) return Option.none()
        const last = yield* store.lastAlarm(now)
        if (Option.isSome(last) && last.value > hourAgo) return Option.none()
        yield* store.alarm(now, micros)
        yield* audit.record({
          action: "budget.alarmed",
          actor: "daemon",
          subject: "an hour without a person",
          outcome: "ok",
          detail: Object.fromEntries([
            ["micros", micros],
            ...spent.map((one) => [`${one.purpose}_micros`, one.micros])
          ])
        })
        yield* Effect.logWarning("money goes out although nobody speaks").pipe(
          Effect.annotateLogs({ micros })
        )
        return yield* notices.enqueue(owner, alarmText(micros, spent))
      }, atomically)

      const alarm = Effect.flatMap(
        raiseAlarm(),
        Option.match({ onNone: () => Effect.void, onSome: outbox.wake })
      ).pipe(Effect.withSpan("SpendingWatch.alarm"))

      return SpendingWatch.of({ warn, alarm })
    })
  )
}
