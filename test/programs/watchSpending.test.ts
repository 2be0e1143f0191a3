// SPDX-License-Identifier: MIT OR Apache-2.0
/** The production graph under a test's clock: who is told what about money, when, and how often. */
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as TestClock from "effect/testing/TestClock"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ChannelName, owner } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import * as Main from "../../src/layers/Main.ts"
import { serve } from "../../src/programs/serve.ts"
import { Budget } from "../../src/services/Budget.ts"
import { Inbox } from "../../src/services/Inbox.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { Passphrase } from "../../src/services/Passphrase.ts"
import { Settings } from "../../src/services/Settings.ts"
import { callOf, price, zero } from "../services/budgetSupport.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-watch-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const passphrase = Layer.mock(Passphrase, {
  find: Effect.succeedNone,
  forget: Effect.void,
  ask: () => Effect.succeedNone
})

/** Lets all that can run now run: the database answers at once. */
const settle = Effect.repeat(Effect.yieldNow, { times: 500 })

/** One life of the daemon on the database in `path`. */
const life = <A, E>(
  path: string,
  body: Effect.Effect<A, E, Budget | Inbox | Ledger | SqlClient.SqlClient>,
  daily_usd = 0.1
) =>
  Effect.gen(function* () {
    const isUp = yield* Latch.make()
    yield* Effect.forkScoped(serve(isUp.open))
    yield* isUp.await
    yield* settle
    // A turn that still runs must not hold up the end, which waits on this clock.
    return yield* Effect.ensuring(body, Effect.andThen(TestClock.adjust("30 seconds"), settle))
  }).pipe(
    Effect.scoped,
    Effect.provide(
      Main.core("serve").pipe(
        Layer.provideMerge(
          Settings.layerFrom({
            storage: { path: join(path, "blufio.db") },
            provider: { default: "demo" },
            budget: { daily_usd, monthly_usd: 10, per_turn_usd: 10 },
            observability: { log_format: "pretty" }
          })
        ),
        Layer.provide(passphrase),
        Layer.provide(NodeServices.layer)
      ),
      { local: true }
    )
  )

/** A call that was made and cost so much. */
const spend = Effect.fnUntraced(function* (purpose: "chat" | "heartbeat" | "cron", micros: number) {
  const budget = yield* Budget
  const ledger = yield* Ledger
  const call = { ...callOf(`run-${purpose}`), purpose }
  const { id } = yield* budget.reserve(call, { price, promptBound: 0, maxOutputTokens: 1 })
  yield* ledger.settle(id, micros, zero, "stop")
  yield* settle
})

let updates = 0
/** The owner says something at the terminal. */
const speak = Effect.gen(function* () {
  const inbox = yield* Inbox
  yield* inbox.receive({
    chat: { channel: ChannelName.make("local"), chat: "terminal", topic: "" },
    person: owner,
    updateId: `update-${updates++}`,
    parts: [personText("Hello!")]
  })
  yield* settle
})

const rows = (statement: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.unsafe<Readonly<Record<string, unknown>>>(statement)
  )

/** What the owner was told of money, oldest first: `💰` warnings or `🔥` alarms. */
const toldOf = (mark: "💰" | "🔥") =>
  Effect.map(
    rows(`SELECT markdown FROM outbox WHERE markdown LIKE '${mark}%' ORDER BY id`),
    (found) => found.map((row) => String(row["markdown"]))
  )
const audited = (action: string) =>
  Effect.map(
    rows(`SELECT subject, detail FROM audit WHERE action = '${action}' ORDER BY seq`),
    (found) => found.map((row) => `${row["subject"]} ${row["detail"]}`)
  )

const warned = toldOf("💰")
const alarmed = toldOf("🔥")

const noon = Date.UTC(2026, 6, 1, 12)

describe("warnings", () => {
  it.effect("come at 75 and 90 percent, once a day, across a restart, and the next day again", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* speak
          yield* spend("chat", 74_000)
          assert.deepEqual(yield* warned, [])
          yield* spend("chat", 2000)
          const [first, ...more] = yield* warned
          assert.lengthOf(more, 0)
          assert.include(first, "76 % of today's budget is spent: $0.0760 of $0.10")
          assert.include(first, "2026-07-02 00:00 (UTC)")
          assert.include(first, "budget.daily_usd")
          yield* spend("chat", 1000)
          yield* TestClock.adjust("5 minutes")
          yield* settle
          assert.lengthOf(yield* warned, 1)
        })
      )
      yield* life(
        path,
        Effect.gen(function* () {
          yield* TestClock.adjust("5 minutes")
          yield* settle
          assert.lengthOf(yield* warned, 1)
          yield* spend("chat", 15_000)
          assert.include((yield* warned)[1], "92 % of today's budget")
          yield* TestClock.adjust("1 day")
          yield* settle
          assert.lengthOf(yield* warned, 2)
          yield* speak
          yield* spend("chat", 95_000)
          const all = yield* warned
          assert.lengthOf(all, 3, "both thresholds at once are one message")
          assert.include(all[2], "95 %")
          const records = yield* audited("budget.warned")
          assert.deepEqual(
            records.map((record) => /^(\w+) .*"percent":(\d+)/.exec(record)?.slice(1)),
            [
              ["daily", "75"],
              ["daily", "90"],
              ["daily", "75"],
              ["daily", "90"]
            ]
          )
        })
      )
    })
  )

  it.effect("what is only reserved warns of nothing", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* speak
          const budget = yield* Budget
          const ledger = yield* Ledger
          const { id } = yield* budget.reserve(callOf("turn"), {
            price,
            promptBound: 0,
            maxOutputTokens: 9500
          })
          yield* TestClock.adjust("2 minutes")
          yield* settle
          assert.deepEqual(yield* warned, [])
          yield* ledger.keep(id, "unknown")
          yield* settle
          assert.lengthOf(yield* warned, 1, "kept as spent, it does")
        })
      )
    })
  )

  it.effect("an owner without a chat is told as soon as there is one", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* spend("chat", 80_000)
          assert.lengthOf(yield* audited("budget.warned"), 1)
          yield* speak
          yield* TestClock.adjust("1 minute")
          yield* settle
          assert.lengthOf(yield* warned, 1)
          yield* TestClock.adjust("2 minutes")
          yield* settle
          assert.lengthOf(yield* warned, 1)
          assert.lengthOf(yield* audited("budget.warned"), 1)
        })
      )
    })
  )
})

describe("the alarm", () => {
  const pass = (minutes: number) => Effect.andThen(TestClock.adjust(`${minutes} minutes`), settle)

  it.effect("comes when money goes out for an hour in which nobody spoke, once an hour", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* speak
          yield* pass(20)
          yield* spend("heartbeat", 30_000)
          yield* spend("cron", 5000)
          yield* pass(39)
          assert.deepEqual(yield* alarmed, [])
          yield* pass(1)
          const [alarm, ...more] = yield* alarmed
          assert.lengthOf(more, 0)
          assert.include(alarm, "$0.0350 went out in an hour in which nobody spoke")
          assert.include(alarm, "- heartbeat: $0.0300\n- cron: $0.0050")
          assert.include(alarm, "heartbeat.enabled = false")
          yield* pass(10)
          yield* spend("heartbeat", 30_000)
          yield* pass(10)
          assert.lengthOf(yield* alarmed, 1)
          assert.lengthOf(yield* audited("budget.alarmed"), 1)
        }),
        10
      )
      yield* life(
        path,
        Effect.gen(function* () {
          yield* pass(30)
          assert.lengthOf(yield* alarmed, 1, "a restart does not repeat it")
          yield* pass(11)
          assert.lengthOf(yield* alarmed, 2, "an hour later it goes on")
          const sql = yield* SqlClient.SqlClient
          yield* sql`UPDATE inbox SET purpose = 'cron', received_at = ${yield* Clock.currentTimeMillis}`
          yield* spend("cron", 30_000)
          yield* pass(61)
          assert.lengthOf(yield* alarmed, 3, "what a schedule sends is nobody speaking")
          yield* speak
          yield* pass(15)
          yield* spend("cron", 30_000)
          yield* pass(44)
          assert.lengthOf(yield* alarmed, 3, "somebody spoke")
        }),
        10
      )
    })
  )

  it.effect("what a person's message costs is not alarming when they are silent afterwards", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* speak
          yield* pass(5)
          yield* spend("chat", 50_000)
          for (let minute = 0; minute < 90; minute += 10) yield* pass(10)
          assert.deepEqual(yield* alarmed, [])
        }),
        10
      )
    })
  )

  it.effect("a cent an hour is no alarm", () =>
    Effect.gen(function* () {
      const path = yield* directory
      yield* TestClock.setTime(noon)
      yield* life(
        path,
        Effect.gen(function* () {
          yield* spend("heartbeat", 10_000)
          yield* pass(5)
          assert.deepEqual(yield* audited("budget.alarmed"), [])
          yield* spend("heartbeat", 1)
          assert.lengthOf(yield* audited("budget.alarmed"), 1)
        }),
        10
      )
    })
  )
})
