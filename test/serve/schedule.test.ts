// SPDX-License-Identifier: MIT OR Apache-2.0
/** Jobs and reminders through the real process: chat, command line, HTTP, and kill -9 when they are due. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DatabaseSync } from "node:sqlite"
import { ScheduleReport } from "../../src/domain/schedule/Schedule.ts"
import { blufio } from "../cli/support.ts"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { type Home, run, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, decodeRefusal, eventually, person, rowsOf } from "./support.ts"

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname

const decodeReport = Schema.decodeUnknownEffect(Schema.fromJsonString(ScheduleReport))
const decodeReports = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Array(ScheduleReport))
)

const write = (home: Home, sql: string) =>
  Effect.sync(() => {
    const db = new DatabaseSync(home.database)
    db.exec(sql)
    db.close()
  })

/** As if they were put down a while ago. */
const makeDue = (home: Home) =>
  write(
    home,
    "UPDATE schedules SET next_due = unixepoch() * 1000 - 86400000 WHERE state = 'active'"
  )

describe("in chat", () => {
  it.live("puts down, lists, runs and takes back", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(
        `[agent]\ntime_zone = "Europe/Berlin"`
      )
      yield* anthropic.setBrain(() => text("Here is your briefing."))
      yield* serve({ home })
      const [added] = yield* ask(
        home,
        telegram,
        "/remind me every friday at 18:00 to put the bins out"
      )
      assert.match(added!, /^⏰ Reminder 1: put the bins out\nEvery Friday at 18:00; next: Fri, /)
      assert.lengthOf(added!.match(/Fri, \d+ \w+ \d+, 18:00/g) ?? [], 3)
      assert.include(added!, "(Europe/Berlin)\nTo take it back: /remind rm 1")
      const [job] = yield* ask(home, telegram, "/cron every weekday at 8:30: what is on today?")
      assert.match(job!, /^⏰ Job 2: what is on today\?\nEvery weekday at 08:30; next: /)
      const [list] = yield* ask(home, telegram, "/cron list")
      assert.match(list!, /^\d\. (Job|Reminder) every [\s\S]*\n\d\. (Job|Reminder) every /)
      assert.lengthOf(yield* anthropic.calls, 0)
      const ran = yield* ask(home, telegram, "/cron run 2")
      assert.include(ran, "2 is run now.")
      yield* eventually(
        home,
        "SELECT 1 FROM turns WHERE state = 'done'",
        (rows) => rows.length === 1
      )
      yield* atRest(home)
      assert.include(telegram.shownIn(person), "Here is your briefing.")
      const [stranger] = yield* ask(home, telegram, "/cron rm 2", Fakes.users[1])
      assert.include(stranger!, "There is no job or reminder 2")
      const [gone] = yield* ask(home, telegram, "/remind rm 1")
      assert.include(gone!, "Taken back: 1. Reminder")
      const [unclear] = yield* ask(home, telegram, "/remind 3/4 at 9 call mum")
      assert.include(unclear!, "may be a day and a month")
      const [usage] = yield* ask(home, telegram, "/cron")
      assert.include(usage!, "/cron every weekday at 8:30: what is on today?")
    })
  )

  it.live("the model puts a reminder down for who asks, in their chat", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) => {
        const { results, step } = Fakes.asked(body)
        return step === 0
          ? toolCall("remind", { when: "tomorrow at 9", text: "call mum" })
          : text(`Noted. ${results.join(" ").includes("Reminder 1: call mum")}`)
      })
      yield* serve({ home })
      const [reply] = yield* ask(
        home,
        telegram,
        "remind me tomorrow at 9 to call mum",
        Fakes.users[1]
      )
      assert.include(reply!, "Noted. true")
      assert.deepEqual(rowsOf(home, "SELECT kind, person, channel, chat, text FROM schedules"), [
        {
          kind: "reminder",
          person: `telegram:${Fakes.users[1]}`,
          channel: "telegram",
          chat: String(Fakes.users[1]),
          text: "call mum"
        }
      ])
    })
  )
})

describe("on the command line and over HTTP", () => {
  it.live("with a daemon and without one", () =>
    Effect.gen(function* () {
      const { home } = yield* Fakes.make()
      const none = yield* blufio(home, ["cron", "list", "--json"])
      assert.deepEqual([none.exit, none.stdout], [0, "[]\n"])
      const offline = yield* blufio(home, ["cron", "add", "every day at 9", "hello", "--json"])
      assert.strictEqual(offline.exit, 0, offline.stderr)
      const report = yield* decodeReport(offline.stdout)
      assert.deepInclude(report, { id: 1, kind: "cron", when: "every day at 09:00", text: "hello" })
      assert.lengthOf(report.next, 3)
      assert.isNull(report.last_run)
      const wrong = yield* blufio(home, ["cron", "add", "every blue moon", "hello"])
      assert.strictEqual(wrong.exit, 2)
      assert.include(wrong.stderr, "how often")
      assert.strictEqual((yield* blufio(home, ["cron", "run", "1"])).exit, 5)
      const daemon = yield* serve({ home })
      const remind = yield* blufio(home, [
        "cron",
        "add",
        "tomorrow at 9",
        "mum",
        "--remind",
        "--missed",
        "skip"
      ])
      assert.match(remind.stdout, /^⏰ Reminder 2: mum\nOn /)
      const listed = yield* decodeReports((yield* blufio(home, ["cron", "list", "--json"])).stdout)
      assert.deepEqual(
        listed
          .map(({ id, kind, missed }) => ({ id, kind, missed }))
          .toSorted((a, b) => a.id - b.id),
        [
          { id: 1, kind: "cron", missed: "once" },
          { id: 2, kind: "reminder", missed: "skip" }
        ]
      )
      const posted = yield* call(home.socket, "/v1/cron", {
        body: { when: "in 2 hours", text: "tea", kind: "reminder" }
      })
      assert.strictEqual(posted.status, 200)
      const bad = yield* call(home.socket, "/v1/cron", { body: { when: "never", text: "tea" } })
      assert.strictEqual(bad.status, 400)
      assert.include((yield* decodeRefusal(bad.body)).error.message, "I do not see when")
      const gone = yield* call(home.socket, "/v1/cron/3", { method: "DELETE" })
      assert.strictEqual(gone.status, 200)
      assert.strictEqual((yield* call(home.socket, "/v1/cron/3", { method: "DELETE" })).status, 404)
      const ran = yield* blufio(home, ["cron", "run", "1", "--json"])
      assert.strictEqual((yield* decodeReport(ran.stdout)).id, 1)
      yield* eventually(
        home,
        "SELECT 1 FROM turns WHERE state = 'done'",
        (rows) => rows.length === 1
      )
      const both = yield* decodeReports((yield* blufio(home, ["cron", "list", "--json"])).stdout)
      assert.strictEqual(both.find(({ id }) => id === 1)?.last_run?.state, "done")
      yield* daemon.kill("SIGTERM")
      assert.strictEqual((yield* blufio(home, ["cron", "rm", "2"])).exit, 0)
      assert.strictEqual((yield* blufio(home, ["cron", "rm", "2"])).exit, 1)
      assert.strictEqual((yield* blufio(home, ["cron", "list"])).exit, 0)
    })
  )
})

describe("who was shut out", () => {
  it.live("is reminded no more", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* Fakes.make()
      const first = yield* serve({ home })
      yield* ask(home, telegram, "/remind every day at 9 secret plan")
      yield* first.kill("SIGTERM")
      yield* makeDue(home)
      yield* serve({ home, env: { BLUFIO__TELEGRAM__ALLOWED_USERS: "[12]" } })
      yield* eventually(home, "SELECT state FROM schedules", ([row]) => row?.["state"] === "broken")
      assert.isFalse(
        telegram.sent.some(
          (message) => message.text.includes("secret plan") && message.text.startsWith("⏰ secret")
        )
      )
    })
  )
})

describe("kill -9", () => {
  /** As if nothing had been done yet today. */
  const forget = `UPDATE inbox SET update_id = 'before:' || id; DELETE FROM schedule_runs;
    UPDATE outbox SET markdown = 'before'`

  it.live(
    "at every commit around a due time: each runs exactly once",
    () =>
      Effect.gen(function* () {
        const { anthropic, home, telegram } = yield* Fakes.make()
        yield* anthropic.setBrain(() => text("The job is done."))
        const before = yield* serve({ home })
        yield* ask(home, telegram, "/remind every day at 9 vitamins")
        yield* ask(home, telegram, "/cron every day at 9: do the job")
        yield* before.kill("SIGTERM")

        /** A due reminder and a due job, killed at the n-th commit and taken up again. */
        const killedAt = Effect.fnUntraced(function* (commit: number) {
          yield* write(home, forget)
          yield* makeDue(home)
          const from = telegram.sent.length
          const isSaid = (words: string) => () =>
            telegram.sent.slice(from).some((message) => message.text.startsWith(words))
          const isDone = () => isSaid("⏰ vitamins")() && isSaid("The job is done.")()
          const turns = () => rowsOf(home, "SELECT id FROM turns").length
          const turnsBefore = turns()
          const env = { KILL_AT_COMMIT: String(commit) }
          const killed = run({ home, args: ["serve"], env, node: ["--import", killAtCommit] })
          const code = yield* Effect.raceFirst(
            killed.exited,
            Effect.andThen(telegram.waitFor(isDone), killed.kill("SIGTERM"))
          )
          const after = run({ home, args: ["serve"] })
          yield* after.says(/is up/)
          yield* telegram.waitFor(isDone)
          yield* atRest(home)
          yield* after.kill("SIGTERM")
          assert.deepEqual(
            rowsOf(home, "SELECT schedule, count(*) AS runs FROM schedule_runs GROUP BY schedule"),
            [
              { schedule: 1, runs: 1 },
              { schedule: 2, runs: 1 }
            ]
          )
          assert.strictEqual(turns(), turnsBefore + 1)
          const [counts] = rowsOf(
            home,
            `SELECT (SELECT count(*) FROM outbox WHERE markdown LIKE '⏰ vitamins%') AS reminders,
            (SELECT count(*) FROM schedules WHERE state = 'active'
              AND next_due > unixepoch() * 1000) AS ahead`
          )
          assert.deepEqual(counts, { reminders: 1, ahead: 2 })
          return code === null
        })

        let commits = 0
        while (yield* killedAt(commits + 1)) commits++
        assert.isAtLeast(commits, 10)
        yield* Effect.logInfo(`${commits} commits`)
      }),
    300_000
  )
})
