// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is to be done later: made, listed and taken back. `ScheduleRuns` does it when it is due. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import { type Chat, type PersonId, mainAgent, owner } from "../domain/Ids.ts"
import { redact } from "../domain/redaction/scan.ts"
import { nextAfter, type Rule, upcoming } from "../domain/schedule/Rule.ts"
import {
  type LastRun,
  type MissedPolicy,
  type Schedule,
  type ScheduleId,
  type ScheduleKind,
  ScheduleReport
} from "../domain/schedule/Schedule.ts"
import { spokenRule } from "../domain/schedule/spoken.ts"
import { isForOnce, localChannel } from "./Attachments.ts"
import { When, type WhenUnclear } from "./schedule/When.ts"
import { ScheduleStore } from "./ScheduleStore.ts"
import { SessionStore } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** At most so many at once for one person. */
const mostActive = 50
const longestText = 2000
/** What asks a model may not be due more often. */
const shortestPause = 5 * 60_000
/** How far ahead that is looked at, in runs. */
const lookedAhead = 60

/** It is not put down; `detail` says why, and what would be. */
export class ScheduleRefused extends Schema.TaggedError<ScheduleRefused>()("ScheduleRefused", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

export class NoSuchSchedule extends Schema.TaggedError<NoSuchSchedule>()("NoSuchSchedule", {
  id: Schema.Int
}) {
  override get message(): string {
    return `There is no job or reminder ${this.id}. Those that there are: blufio cron list, or /cron list in chat.`
  }
}

export interface Wanted {
  readonly kind: ScheduleKind
  readonly person: PersonId
  /** Where it is said. */
  readonly chat: Chat
  readonly text: string
  readonly missed: MissedPolicy
  /** What asked for it: for the same one it is put down once, however often it asks. */
  readonly source: string | null
}

/** Whose: one person's, or everybody's. */
export type Whose = Option.Option<PersonId>

export class Schedules extends Context.Service<
  Schedules,
  {
    /** Puts something down for the time that `when` says. */
    readonly add: (
      wanted: Wanted,
      when: string
    ) => Effect.Effect<ScheduleReport, WhenUnclear | ScheduleRefused | StoreError>
    /** The same for a text that says when at its beginning or end. */
    readonly addFrom: (
      wanted: Omit<Wanted, "text">,
      whenAndText: string
    ) => Effect.Effect<ScheduleReport, WhenUnclear | ScheduleRefused | StoreError>
    readonly list: (whose: Whose) => Effect.Effect<ReadonlyArray<ScheduleReport>, StoreError>
    readonly find: (
      id: ScheduleId,
      whose: Whose
    ) => Effect.Effect<Schedule, NoSuchSchedule | StoreError>
    readonly report: (schedule: Schedule) => Effect.Effect<ScheduleReport, StoreError>
    readonly remove: (
      id: ScheduleId,
      whose: Whose
    ) => Effect.Effect<ScheduleReport, NoSuchSchedule | StoreError>
    /** Where to say what is put down in a chat, or by the owner outside of any. */
    readonly placeFor: (chat: Option.Option<Chat>) => Effect.Effect<Chat, StoreError>
    /** Waits until something was put down or taken back. */
    readonly changed: Effect.Effect<void>
  }
>()("blufio/services/Schedules") {
  static readonly layer = Layer.effect(
    Schedules,
    Effect.gen(function* () {
      const sessions = yield* SessionStore
      const store = yield* ScheduleStore
      const transactions = yield* Transactions
      const when = yield* When
      const { agent } = yield* Settings
      // Latest only: one look sees all changes before it. The program that sleeps is its one reader.
      const changes = yield* Queue.sliding<void>(1)

      const isoTime = (millis: number) => DateTime.formatIso(DateTime.makeUnsafe(millis))

      const lastRunOf = (run: LastRun | undefined) =>
        run === undefined
          ? null
          : {
              due_at: isoTime(run.dueAt),
              started_at: isoTime(run.startedAt),
              state: run.state,
              detail: run.detail,
              turn: run.turn
            }

      const report = Effect.fn("Schedules.report")(function* (one: Schedule) {
        const [last] = yield* store.runs(one.id, 1)
        const now = yield* Clock.currentTimeMillis
        const first = one.nextDue
        const next =
          one.state !== "active" || first === null
            ? []
            : [first, ...upcoming(one.rule, one.zone, Math.max(first, now), 2)]
        return ScheduleReport.make({
          id: one.id,
          kind: one.kind,
          when: spokenRule(one.rule, one.zone),
          time_zone: DateTime.zoneToString(one.zone),
          next: next.map(isoTime),
          text: one.text,
          state: one.state,
          missed: one.missed,
          person: one.person,
          chat: [one.channel, one.chat, ...(one.topic === "" ? [] : [one.topic])].join(":"),
          last_run: lastRunOf(last)
        })
      })

      const refuse = (detail: string) => Effect.fail(new ScheduleRefused({ detail }))

      const checkText = (text: string) =>
        text === ""
          ? refuse(
              "The text is missing: say what, too. For example: tomorrow at 9 call the dentist"
            )
          : text.length > longestText
            ? refuse(
                `The text has ${text.length} characters; at most ${longestText} are kept. Shorten it.`
              )
            : Effect.void

      const checkPauses = (rule: Rule, now: number) => {
        const times = upcoming(rule, agent.time_zone, now, lookedAhead)
        return times.some((time, index) => index > 0 && time - times[index - 1]! < shortestPause)
          ? refuse(
              "A job asks a model each time, so it may be due every 5 minutes at most. Choose a longer pause, or make it a reminder, which costs nothing."
            )
          : Effect.void
      }

      const put = Effect.fnUntraced(function* (wanted: Wanted, rule: Rule) {
        const text = redact(wanted.text.trim())
        yield* checkText(text)
        const now = yield* Clock.currentTimeMillis
        if (wanted.kind === "cron") yield* checkPauses(rule, now)
        const first = nextAfter(rule, agent.time_zone, now)
        if (Option.isNone(first)) return yield* refuse("That never comes: there is no such date.")
        const added = yield* transactions.atomically(
          Effect.gen(function* () {
            const known = wanted.source === null ? [] : yield* store.bySource(wanted.source)
            if (known[0] !== undefined) return known[0]
            if ((yield* store.countActive(wanted.person)) >= mostActive)
              return yield* refuse(
                `There are ${mostActive} jobs and reminders already, which is the most. Take one back first: /cron list, /cron rm ID.`
              )
            return yield* store.add({
              kind: wanted.kind,
              person: wanted.person,
              agent: mainAgent,
              ...wanted.chat,
              rule,
              zone: agent.time_zone,
              text,
              missed: wanted.missed,
              source: wanted.source,
              nextDue: first.value
            })
          })
        )
        yield* Queue.offer(changes, undefined)
        return yield* report(added)
      })

      const find = Effect.fn("Schedules.find")(function* (id: ScheduleId, whose: Whose) {
        const found = Option.getOrUndefined(yield* store.find(id))
        const isTheirs =
          found !== undefined &&
          Option.match(whose, { onNone: () => true, onSome: (person) => person === found.person })
        const isThere = isTheirs && (found.state === "active" || found.state === "broken")
        return isThere ? found : yield* new NoSuchSchedule({ id })
      })

      return Schedules.of({
        add: Effect.fn("Schedules.add")(function* (wanted, words) {
          return yield* put(wanted, yield* when.read(words, agent.time_zone))
        }),
        addFrom: Effect.fn("Schedules.addFrom")(function* (wanted, words) {
          const { rest, rule } = yield* when.find(words, agent.time_zone)
          const text = wanted.kind === "reminder" ? rest.replace(/^(?:to|that)\s+/i, "") : rest
          return yield* put({ ...wanted, text }, rule)
        }),
        list: (whose) =>
          Effect.flatMap(store.list(whose), (found) => Effect.forEach(found, report)),
        find,
        report,
        remove: Effect.fn("Schedules.remove")(function* (id, whose) {
          const found = yield* find(id, whose)
          yield* store.set(id, "removed", null)
          yield* Queue.offer(changes, undefined)
          return yield* report({ ...found, state: "removed", nextDue: null })
        }),
        placeFor: Effect.fn("Schedules.placeFor")(function* (chat) {
          if (Option.isSome(chat) && !isForOnce(chat.value)) return chat.value
          // Nobody comes back to a chat that was made for one question.
          const home = yield* sessions.homeOf(owner)
          return Option.getOrElse(home, () => ({
            channel: localChannel,
            chat: "terminal",
            topic: ""
          }))
        }),
        changed: Queue.take(changes)
      })
    })
  )
}
