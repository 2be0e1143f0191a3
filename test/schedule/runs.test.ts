// SPDX-License-Identifier: MIT OR Apache-2.0
/** Jobs and reminders through the production graph and its loop, on the test's clock. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { DatabaseSync } from "node:sqlite"
import { owner } from "../../src/domain/Ids.ts"
import type { MissedPolicy, ScheduleKind } from "../../src/domain/schedule/Schedule.ts"
import { runSchedules } from "../../src/programs/runSchedules.ts"
import { Schedules } from "../../src/services/Schedules.ts"
import { ScheduleRuns } from "../../src/services/ScheduleRuns.ts"
import { refuse, text } from "../fakes/MessagesApi.ts"
import { printJson } from "../serve/support.ts"
import { makePlace, type Place, start, terminal } from "./graph.ts"

/** A Wednesday, 10:00 in Berlin. */
const morning = Date.UTC(2026, 10, 25, 9)
const settings = { agent: { time_zone: "Europe/Berlin" } } as const

const settle = Effect.repeat(Effect.yieldNow, { times: 500 })

/** A life with its loop; what is outside answers in real time. */
const live = Effect.fnUntraced(function* (place: Place) {
  const life = yield* start(place, settings)
  const schedules = yield* Effect.provide(Schedules, life.graph)
  const runs = yield* Effect.provide(ScheduleRuns, life.graph)
  let looks = 0
  yield* Effect.forkScoped(
    Effect.provide(runSchedules, life.graph).pipe(
      Effect.provideService(
        ScheduleRuns,
        ScheduleRuns.of({ ...runs, look: Effect.tap(runs.look, () => Effect.sync(() => looks++)) })
      )
    )
  )
  yield* settle
  const add = (kind: ScheduleKind, when: string, words: string, missed: MissedPolicy = "once") =>
    Effect.tap(
      schedules.add(
        { kind, person: owner, chat: terminal, text: words, missed, source: null },
        when
      ),
      () => settle
    )
  const pass = (duration: Parameters<typeof TestClock.adjust>[0]) =>
    Effect.andThen(TestClock.adjust(duration), settle)
  const answered = (turns: number) =>
    life
      .eventually(
        "SELECT id FROM turns WHERE finished_at IS NOT NULL",
        (rows) => rows.length >= turns
      )
      .pipe(Effect.asVoid)
  return { ...life, add, answered, looks: () => looks, pass, runs, schedules }
})

const said = "SELECT markdown FROM outbox WHERE markdown <> '' ORDER BY id"
const texts = (life: { readonly rows: Effect.Success<ReturnType<typeof start>>["rows"] }) =>
  life.rows(said).map((row) => String(row["markdown"]))

describe("a reminder", () => {
  it.effect("is said at its minute, once, and asks no model", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const place = yield* makePlace
      const life = yield* live(place)
      const report = yield* life.add("reminder", "in 20 minutes", "stretch")
      assert.deepEqual(report.next, ["2026-11-25T09:20:00.000Z"])
      yield* life.pass("19 minutes")
      assert.deepEqual(texts(life), [])
      yield* life.pass("1 minute")
      assert.deepEqual(texts(life), ["⏰ stretch"])
      yield* life.pass("3 days")
      assert.deepEqual(texts(life), ["⏰ stretch"])
      assert.lengthOf(yield* place.anthropic.requests, 0)
      assert.deepEqual(life.rows("SELECT state, next_due FROM schedules"), [
        { state: "done", next_due: null }
      ])
    })
  )

  it.effect("one that is put down later and due sooner wakes the loop", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const life = yield* live(yield* makePlace)
      yield* life.add("reminder", "every day at 18:00", "late")
      yield* life.add("reminder", "every minute", "soon")
      yield* life.pass("1 minute")
      assert.deepEqual(texts(life), ["⏰ soon"])
    })
  )

  it.effect("the loop sleeps while nothing is due", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const life = yield* live(yield* makePlace)
      yield* life.add("reminder", "tomorrow at 9", "x")
      const before = life.looks()
      for (let hour = 0; hour < 10; hour++) yield* life.pass("1 hour")
      assert.isAtMost(life.looks() - before, 10 * 60 + 1)
    })
  )

  it.effect("a clock that is put back neither repeats nor starves it", () =>
    Effect.gen(function* () {
      const place = yield* makePlace
      // A wrong clock, ten years ahead.
      yield* TestClock.setTime(Date.UTC(2036, 10, 25, 9))
      yield* Effect.scoped(
        Effect.flatMap(live(place), (life) => life.add("reminder", "every day at 11", "drink"))
      )
      yield* TestClock.setTime(morning)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const life = yield* live(place)
          yield* life.pass("1 hour")
          assert.deepEqual(texts(life), ["⏰ drink"])
        })
      )
      // Back again, to before what was done.
      yield* TestClock.setTime(morning + 60_000)
      const life = yield* live(place)
      yield* life.pass("1 hour")
      assert.deepEqual(texts(life), ["⏰ drink"])
      yield* life.pass("1 day")
      assert.deepEqual(texts(life), ["⏰ drink", "⏰ drink"])
    })
  )
})

describe("what was missed while Blufio did not run", () => {
  const missedBy = Effect.fnUntraced(function* (missed: MissedPolicy, kind: ScheduleKind) {
    yield* TestClock.setTime(morning)
    const place = yield* makePlace
    yield* place.anthropic.setBrain(() => text("Done."))
    yield* Effect.scoped(
      Effect.flatMap(live(place), (life) => life.add(kind, "every day at 9", "vitamins", missed))
    )
    yield* TestClock.setTime(morning + 14 * 86_400_000)
    const life = yield* live(place)
    return { life, place }
  })

  it.effect("once: the newest, late, and it says when it was due", () =>
    Effect.gen(function* () {
      const { life } = yield* missedBy("once", "reminder")
      assert.deepEqual(texts(life), [
        "⏰ vitamins\n(This was due Wed, 9 Dec 2026, 09:00; I could not send it then.)"
      ])
      yield* life.pass("23 hours")
      assert.strictEqual(texts(life)[1], "⏰ vitamins")
    })
  )

  it.effect("skip: none of it, and the next in time", () =>
    Effect.gen(function* () {
      const { life } = yield* missedBy("skip", "reminder")
      assert.deepEqual(texts(life), [])
      yield* life.pass("23 hours")
      assert.deepEqual(texts(life), ["⏰ vitamins"])
    })
  )

  it.effect("all: the last ten, each with its time", () =>
    Effect.gen(function* () {
      const { life } = yield* missedBy("all", "reminder")
      const all = texts(life)
      assert.lengthOf(all, 10)
      assert.include(all[0], "Mon, 30 Nov 2026, 09:00")
      assert.include(all[9], "Wed, 9 Dec 2026, 09:00")
    })
  )

  it.effect("a job is asked once, and told that it is late", () =>
    Effect.gen(function* () {
      const { life, place } = yield* missedBy("once", "cron")
      yield* life.answered(1)
      const [call, ...others] = yield* place.anthropic.calls
      assert.deepEqual(others, [])
      assert.include(printJson(call?.body), "due Wed, 9 Dec 2026, 09:00, done late")
    })
  )
})

describe("a job", () => {
  it.effect("runs in a context of its own, answers in the chat, and is booked as cron", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const place = yield* makePlace
      yield* place.anthropic.setBrain((body) =>
        text(printJson(body.messages).includes("vitamins") ? "Take them." : "Hello.")
      )
      const life = yield* live(place)
      yield* life.say("I am Ada, and my secret word is heron.")
      yield* life.answered(1)
      yield* life.add("cron", "every day at 11", "Which vitamins today?")
      yield* life.pass("1 hour")
      yield* life.answered(2)
      const calls = yield* place.anthropic.calls
      assert.notInclude(printJson(calls[1]?.body), "heron")
      assert.include(texts(life).at(-1), "Take them.")
      assert.deepEqual(
        life.rows(
          "SELECT t.purpose, l.purpose AS booked FROM turns t JOIN cost_ledger l ON l.turn = t.id"
        ),
        [
          { purpose: "chat", booked: "chat" },
          { purpose: "cron", booked: "cron" }
        ]
      )
      const [open] = life.rows("SELECT count(*) AS open FROM sessions WHERE closed_at IS NULL")
      assert.strictEqual(open?.["open"], 1)
      const [report] = yield* life.schedules.list(Option.some(owner))
      assert.strictEqual(report?.last_run?.state, "done")
      // What it said is known in the conversation, with the next message and not again.
      yield* life.say("What did you just tell me?")
      yield* life.answered(3)
      assert.include(
        printJson((yield* place.anthropic.calls).at(-1)?.body),
        "[While you were away I sent: Take them.]"
      )
      yield* life.say("And now?")
      yield* life.answered(4)
      const last = printJson((yield* place.anthropic.calls).at(-1)?.body)
      assert.lengthOf(last.split("While you were away"), 2)
    })
  )

  it.effect("/stop ends it while it runs", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const place = yield* makePlace
      yield* place.anthropic.setBrain(() => ({ ...text("never"), startDelayMillis: 60_000 }))
      const life = yield* live(place)
      yield* life.say("/whoami")
      yield* life.add("cron", "every day at 11", "take long")
      yield* life.pass("1 hour")
      yield* place.anthropic.waitFor((one) => one.path === "/v1/messages")
      yield* life.say("/stop")
      yield* life.answered(1)
      assert.deepEqual(life.rows("SELECT state FROM turns"), [{ state: "stopped" }])
      assert.deepEqual(texts(life).slice(1), ["Stopped."])
    })
  )

  it.effect("is not started again while it still runs, and is stopped after five failures", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const place = yield* makePlace
      yield* place.anthropic.setBrain(() => refuse(400))
      const life = yield* live(place)
      yield* life.add("cron", "every hour", "fail")
      for (let run = 1; run <= 5; run++) {
        yield* life.pass("1 hour")
        yield* life.answered(run)
      }
      yield* life.pass("1 hour")
      assert.lengthOf(yield* place.anthropic.calls, 5)
      assert.include(texts(life).at(-1), "failed 5 times in a row, so I stopped it")
      yield* place.anthropic.setBrain(() => text("Well again."))
      const [broken] = yield* life.schedules.list(Option.none())
      assert.strictEqual(broken?.state, "broken")
      yield* life.runs.runNow(1 as never, Option.none())
      yield* life.answered(6)
      yield* life.pass("1 hour")
      yield* life.answered(7)
      const [mended] = yield* life.schedules.list(Option.none())
      assert.deepEqual([mended?.state, mended?.last_run?.state], ["active", "done"])
    })
  )

  it.effect("a rule that cannot be read is put aside, and the others run", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const place = yield* makePlace
      const life = yield* live(place)
      yield* life.add("reminder", "in 5 minutes", "broken")
      yield* life.add("reminder", "in 5 minutes", "whole")
      const db = new DatabaseSync(place.home.database)
      db.exec(`UPDATE schedules SET rule = '{"_tag":"Never"}' WHERE id = 1`)
      db.close()
      yield* life.pass("5 minutes")
      assert.deepEqual(texts(life), ["⏰ whole"])
      assert.deepEqual(life.rows("SELECT state FROM schedules ORDER BY id"), [
        { state: "broken" },
        { state: "done" }
      ])
      assert.deepEqual(yield* life.schedules.list(Option.none()), [])
    })
  )
})

describe("limits", () => {
  it.effect("texts, pauses and numbers have bounds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(morning)
      const life = yield* live(yield* makePlace)
      const refused = <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>) =>
        Effect.map(Effect.flip(effect), ({ message }) => message)
      assert.include(yield* refused(life.add("reminder", "tomorrow", "x".repeat(2001))), "2000")
      assert.include(yield* refused(life.add("cron", "every 4 minutes", "x")), "5 minutes")
      assert.include(yield* refused(life.add("cron", "0,1 9 * * *", "x")), "5 minutes")
      assert.include(yield* refused(life.add("cron", "0 9 31 2 *", "x")), "never comes")
      assert.include(yield* refused(life.add("reminder", "tomorrow", "  ")), "text is missing")
      yield* life.add("cron", "*/5 * * * *", "x")
      for (let count = 1; count < 50; count++) yield* life.add("reminder", "tomorrow", "x")
      assert.include(yield* refused(life.add("reminder", "tomorrow", "x")), "50 jobs and reminders")
      yield* life.schedules.remove(1 as never, Option.some(owner))
      yield* life.add("reminder", "tomorrow", "x")
    })
  )
})
