// SPDX-License-Identifier: MIT OR Apache-2.0
/** The heartbeat's loop and each of its settings, through the production graph. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keepHeartbeat } from "../../src/programs/keepHeartbeat.ts"
import { Heartbeat } from "../../src/services/Heartbeat.ts"
import { text } from "../fakes/MessagesApi.ts"
import { printJson } from "../serve/support.ts"
import { makePlace, start, writeChecklist } from "./graph.ts"

const noon = Date.UTC(2026, 11, 1, 12)

type Settings = NonNullable<Parameters<typeof start>[1]>

/** The loop for some hours of the test's clock; answers when models were asked. */
const askedIn = Effect.fnUntraced(function* (hours: number, settings: Settings) {
  yield* TestClock.setTime(noon)
  const place = yield* makePlace
  yield* place.anthropic.setBrain(() => text("NOTHING"))
  yield* writeChecklist(place, "- [ ] 2026-12-01 13:10 one\n- [ ] 2026-12-01 23:10 two\n")
  const life = yield* start(place, settings)
  const heartbeat = Context.get(life.graph, Heartbeat)
  let isBeating = false
  const set = (value: boolean) => Effect.sync(() => (isBeating = value))
  const watched = Heartbeat.of({
    ...heartbeat,
    beat: set(true).pipe(Effect.andThen(heartbeat.beat), Effect.ensuring(set(false)))
  })
  yield* keepHeartbeat.pipe(
    Effect.provideService(Heartbeat, watched),
    Effect.provide(life.graph),
    Effect.forkScoped
  )
  /** What is outside takes real time, in which the test's clock stands still. */
  const settle = Effect.repeat(Effect.yieldNow, { times: 50 }).pipe(
    Effect.andThen(Effect.sync(() => isBeating)),
    Effect.repeat({ schedule: Schedule.spaced("5 millis"), while: (beating) => beating }),
    TestClock.withLive
  )
  for (let minute = 0; minute < hours * 60; minute += 10) {
    yield* settle
    yield* TestClock.adjust("10 minutes")
  }
  yield* settle
  const times = life
    .rows("SELECT started_at FROM heartbeat_runs ORDER BY due_at")
    .map((row) => DateTime.formatIso(DateTime.makeUnsafe(Number(row["started_at"]))).slice(11, 16))
  const models = life.rows("SELECT DISTINCT model FROM cost_ledger").map((row) => row["model"])
  return { models, times }
})

describe("the heartbeat's settings", () => {
  it.effect("off by default", () =>
    Effect.gen(function* () {
      assert.deepEqual((yield* askedIn(3, {})).times, [])
    })
  )

  it.effect("every: the new checklist at once, what is due at the next beat after", () =>
    Effect.gen(function* () {
      const found = yield* askedIn(3, { heartbeat: { enabled: true } })
      assert.deepEqual(found, {
        models: ["claude-haiku-5-5"],
        times: ["12:00", "13:30"]
      })
      const often = yield* askedIn(2, { heartbeat: { enabled: true, every: "20 minutes" } })
      assert.deepEqual(often.times, ["12:00", "13:20"])
    })
  )

  it.effect("model and quiet_hours", () =>
    Effect.gen(function* () {
      const found = yield* askedIn(3, {
        heartbeat: { enabled: true, model: "claude-sonnet-5-5", quiet_hours: ["12:00", "14:00"] }
      })
      assert.deepEqual(found.models, ["claude-sonnet-5-5"])
      assert.deepEqual(found.times, ["14:00"])
    })
  )

  it.effect("tools.workspace says where HEARTBEAT.md is", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      const workspace = join(place.home.dir, "elsewhere")
      mkdirSync(workspace)
      writeFileSync(join(workspace, "HEARTBEAT.md"), "- [ ] from elsewhere\n")
      yield* place.anthropic.setBrain(() => text("NOTHING"))
      const life = yield* start(place, { heartbeat: { enabled: true }, tools: { workspace } })
      yield* Effect.forkScoped(Effect.provide(keepHeartbeat, life.graph))
      const request = yield* place.anthropic.waitFor((one) => one.path === "/v1/messages")
      assert.include(printJson(request.body), "OPEN from elsewhere")
    })
  )
})
