// SPDX-License-Identifier: MIT OR Apache-2.0
/** Does what is due: each time once, whatever dies in between, and what was missed as its policy says. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Chat, chatOf, owner, type SessionId } from "../domain/Ids.ts"
import { personText } from "../domain/Message.ts"
import { dueSince, nextAfter } from "../domain/schedule/Rule.ts"
import type { LastRun, Schedule, ScheduleId, ScheduleReport } from "../domain/schedule/Schedule.ts"
import { spokenTime } from "../domain/schedule/spoken.ts"
import { localChannel } from "./Attachments.ts"
import { Channels } from "./Channel.ts"
import { InboxStore } from "./InboxStore.ts"
import { Outbox } from "./Outbox.ts"
import { Pairing } from "./Pairing.ts"
import { type NoSuchSchedule, Schedules, type Whose } from "./Schedules.ts"
import { ScheduleStore } from "./ScheduleStore.ts"
import { Sessions } from "./Sessions.ts"
import { SessionStore } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import { readable, type StoreError, Transactions } from "./Store.ts"

/** Nobody notices a delay below this, so it is neither late nor missed. */
const lateAfter = 2 * 60_000
const mostMissed = 10
/** So many failures one after the other stop a job. */
const mostFailures = 5

const ends = new Set(["sent", "skipped", "done", "failed", "stopped"])

/** What is to be woken once the transaction is committed. */
type Wake =
  | { readonly _tag: "Chat"; readonly chat: Chat }
  | { readonly _tag: "Session"; readonly session: SessionId }

export class ScheduleRuns extends Context.Service<
  ScheduleRuns,
  {
    /** Does all that is due now. Answers false when something could not be done for now. */
    readonly look: Effect.Effect<boolean>
    /** When something is due next. */
    readonly nextDue: Effect.Effect<Option.Option<number>, StoreError>
    /** For when the clock was put back: what would wait for a time far ahead is brought forward. */
    readonly bringForward: Effect.Effect<void, StoreError>
    /** Once now, beside its times. What had been stopped is active again. */
    readonly runNow: (
      id: ScheduleId,
      whose: Whose
    ) => Effect.Effect<ScheduleReport, NoSuchSchedule | StoreError>
  }
>()("blufio/services/ScheduleRuns") {
  static readonly layer = Layer.effect(
    ScheduleRuns,
    Effect.gen(function* () {
      const { names } = yield* Channels
      const inbox = yield* InboxStore
      const outbox = yield* Outbox
      const pairing = yield* Pairing
      const schedules = yield* Schedules
      const store = yield* ScheduleStore
      const sessions = yield* Sessions
      const sessionStore = yield* SessionStore
      const transactions = yield* Transactions
      const { telegram } = yield* Settings

      /** Who was shut out is served no more. */
      const isAdmitted = Effect.fnUntraced(function* ({ channel, person }: Schedule) {
        if (channel === localChannel) return true
        if (telegram.allowed_users.some((user) => person === `telegram:${user}`)) return true
        const known = yield* pairing.list
        return known.some(
          (row) =>
            row.state === "approved" &&
            row.channel === channel &&
            (row.role === "owner" ? person === owner : person === `${channel}:${row.address}`)
        )
      })

      const say = Effect.fnUntraced(function* (one: Schedule, dueAt: number | null, text: string) {
        const chat = chatOf(one)
        const session = yield* sessionStore.current(chat, one.person)
        if (dueAt !== null) {
          const run = { schedule: one.id, dueAt, session: session.id, state: "sent" as const }
          if (!(yield* store.claim(run))) return []
        }
        yield* outbox.enqueue({ session: session.id, turn: null, chat, inReplyTo: [] }, text)
        return [{ _tag: "Chat", chat } satisfies Wake]
      })

      const remind = (one: Schedule, dueAt: number, isLate: boolean) => {
        const note = `\n(This was due ${spokenTime(dueAt, one.zone)}; I could not send it then.)`
        return say(one, dueAt, `⏰ ${one.text}${isLate ? note : ""}`)
      }

      const skip = Effect.fnUntraced(function* (one: Schedule, dueAt: number) {
        const { id } = yield* sessionStore.current(chatOf(one), one.person)
        yield* store.claim({ schedule: one.id, dueAt, session: id, state: "skipped" })
        return []
      })

      /** Its own session, closed from the start: a fresh context, and the answer goes to the chat. */
      const ask = Effect.fnUntraced(function* (one: Schedule, dueAt: number, isLate: boolean) {
        const { id } = yield* sessionStore.aside(chatOf(one), one.person)
        const claimed = yield* store.claim({
          schedule: one.id,
          dueAt,
          session: id,
          state: "queued"
        })
        if (!claimed) return []
        const note =
          `[Scheduled job ${one.id}, due ${spokenTime(dueAt, one.zone)}` +
          `${isLate ? ", done late because I was not running then" : ""}. ` +
          "Nobody waits for the answer just now: do it and say what is worth a message.]"
        yield* inbox.insert({
          channel: one.channel,
          updateId: `cron:${one.id}:${dueAt}`,
          session: id,
          person: one.person,
          lane: "turn",
          purpose: "cron",
          parts: [
            { _tag: "Text", origin: "blufio", trusted: true, text: note },
            personText(one.text)
          ]
        })
        return [{ _tag: "Session", session: id } satisfies Wake]
      })

      const isGoing = (run: LastRun | undefined) => run !== undefined && !ends.has(run.state)

      const perform = Effect.fnUntraced(function* (
        one: Schedule,
        times: ReadonlyArray<number>,
        now: number
      ) {
        const runs = yield* store.runs(one.id, 1)
        const wakes = yield* Effect.forEach(
          times,
          (dueAt): Effect.Effect<ReadonlyArray<Wake>, StoreError> => {
            const isLate = now - dueAt > lateAfter
            if (one.kind === "reminder") return remind(one, dueAt, isLate)
            return isGoing(runs[0]) ? skip(one, dueAt) : ask(one, dueAt, isLate)
          }
        )
        return wakes.flat()
      })

      const failsAlways = Effect.fnUntraced(function* (one: Schedule) {
        if (one.kind !== "cron") return false
        const runs = yield* store.runs(one.id, mostFailures)
        return runs.length === mostFailures && runs.every(({ state }) => state === "failed")
      })

      const giveUp = (one: Schedule) =>
        Effect.andThen(
          store.set(one.id, "broken", null),
          say(
            one,
            null,
            `⚠️ Job ${one.id} failed ${mostFailures} times in a row, so I stopped it. ` +
              `/cron run ${one.id} tries it once more and goes on with it, /cron rm ${one.id} takes it away.`
          )
        )

      const timesOf = (one: Schedule, now: number): ReadonlyArray<number> => {
        const count = one.missed === "all" ? mostMissed : 1
        const times = dueSince(one.rule, one.zone, one.nextDue ?? now, now, count)
        return one.missed === "skip" ? times.filter((time) => now - time <= lateAfter) : times
      }

      const fire = Effect.fn("ScheduleRuns.fire")(function* (id: ScheduleId, now: number) {
        const one = Option.getOrUndefined(yield* readable(store.find(id), Option.none()))
        if (one === undefined || !(yield* isAdmitted(one))) {
          yield* Effect.logError(
            "a schedule is given up: it cannot be read, or its person is shut out"
          ).pipe(Effect.annotateLogs({ schedule: id }))
          yield* store.set(id, "broken", null)
          return []
        }
        if (yield* failsAlways(one)) return yield* giveUp(one)
        const next = Option.getOrNull(nextAfter(one.rule, one.zone, now))
        yield* store.set(id, next === null ? "done" : "active", next)
        return yield* perform(one, timesOf(one, now), now)
      })

      const wake = (one: Wake) =>
        one._tag === "Chat" ? outbox.wake(one.chat) : sessions.wake(one.session)

      const wakeAll = (wakes: ReadonlyArray<Wake>) => Effect.forEach(wakes, wake, { discard: true })

      const look = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const due = yield* store.due(now, names)
        const results = yield* Effect.forEach(due, (id) =>
          transactions.atomically(fire(id, now)).pipe(
            Effect.flatMap(wakeAll),
            Effect.as(true),
            Effect.catchCause((cause) =>
              Effect.as(Effect.logError(`schedule ${id} could not be run`, cause), false)
            )
          )
        )
        return results.every(Boolean)
      }).pipe(
        Effect.catchCause((cause) =>
          Effect.as(Effect.logError("what is due could not be looked up", cause), false)
        ),
        Effect.withSpan("ScheduleRuns.look")
      )

      return ScheduleRuns.of({
        look,
        nextDue: store.nextDue(names),
        bringForward: Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const all = yield* store.list(Option.none())
          for (const { id, nextDue, rule, state, zone } of all) {
            if (state !== "active" || nextDue === null) continue
            const next = nextAfter(rule, zone, now)
            if (Option.isSome(next) && next.value < nextDue)
              yield* store.set(id, "active", next.value)
          }
        }),
        runNow: Effect.fn("ScheduleRuns.runNow")(function* (id, whose) {
          const now = yield* Clock.currentTimeMillis
          const { wakes, one } = yield* transactions.atomically(
            Effect.gen(function* () {
              const found = yield* schedules.find(id, whose)
              const next = Option.getOrNull(nextAfter(found.rule, found.zone, now))
              if (found.state === "broken") yield* store.set(id, "active", next)
              return {
                wakes: yield* perform(found, [now], now),
                one:
                  found.state === "broken"
                    ? { ...found, state: "active" as const, nextDue: next }
                    : found
              }
            })
          )
          yield* wakeAll(wakes)
          return yield* schedules.report(one)
        })
      })
    })
  )
}
