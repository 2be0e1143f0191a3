// SPDX-License-Identifier: MIT OR Apache-2.0
/** The heartbeat through the production graph: what it costs, when it speaks, and what stops it. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { beatPrompt, isNothing, mostPromptTokens } from "../../src/domain/heartbeat/beatPrompt.ts"
import { openItems } from "../../src/domain/heartbeat/checklist.ts"
import { isQuiet } from "../../src/domain/heartbeat/quietHours.ts"
import { priceOf, worstCaseMicros } from "../../src/domain/prices.ts"
import { promptBound } from "../../src/domain/promptBound.ts"
import { type Beat, Heartbeat } from "../../src/services/Heartbeat.ts"
import { refuse, text } from "../fakes/MessagesApi.ts"
import { printJson } from "../serve/support.ts"
import { makePlace, type Place, start, writeChecklist } from "./graph.ts"

const berlin = DateTime.zoneMakeNamedUnsafe("Europe/Berlin")
const settings = {
  agent: { time_zone: "Europe/Berlin" },
  heartbeat: { enabled: true }
} as const

/** Noon in Berlin, the first of December 2026. */
const noon = Date.UTC(2026, 11, 1, 11)

const beats = Effect.fnUntraced(function* (
  life: Effect.Success<ReturnType<typeof start>>,
  count: number,
  before: (index: number) => Effect.Effect<void> = () => Effect.void
) {
  const heartbeat = Context.get(life.graph, Heartbeat)
  const outcomes: Array<Beat> = []
  for (let index = 0; index < count; index++) {
    yield* before(index)
    outcomes.push(yield* heartbeat.beat)
    yield* TestClock.adjust("30 minutes")
  }
  return outcomes
})

const alive = Effect.fnUntraced(function* (place: Place, more = {}, key = place.anthropic.key) {
  const life = yield* start(place, { ...settings, ...more }, key)
  return life
})

/** Somebody has to have written before the owner can be told anything. */
const greet = Effect.fnUntraced(function* (
  place: Place,
  life: Effect.Success<ReturnType<typeof start>>
) {
  yield* life.say("/whoami")
  yield* life.eventually("SELECT id FROM inbox WHERE state = 'done'", (rows) => rows.length > 0)
  return (yield* place.anthropic.calls).length
})

const told =
  "SELECT markdown FROM outbox WHERE markdown LIKE '💓%' OR markdown LIKE '⚠️%' ORDER BY id"

describe("the heartbeat", () => {
  it.effect("a quiet day, beat by beat, costs no call and leaves a mark only", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      yield* place.anthropic.setBrain(() => text("NOTHING"))
      yield* writeChecklist(place, "# Mine\n- [ ] keep an eye on the plants\n- [x] done\n")
      const life = yield* alive(place)
      // The checklist is new: looked at once.
      assert.deepEqual(yield* beats(life, 1), ["silent"])
      const calls = (yield* place.anthropic.requests).length
      const day = yield* beats(life, 48)
      assert.strictEqual(day.filter((beat) => beat === "nothing").length, 28)
      assert.strictEqual(day.filter((beat) => beat === "quiet").length, 20)
      assert.strictEqual((yield* place.anthropic.requests).length, calls)
      assert.lengthOf(life.rows("SELECT id FROM heartbeat_runs"), 1)
      assert.lengthOf(life.rows("SELECT id FROM cost_ledger"), 1)
    })
  )

  it.effect("no checklist, or none with an open item: no call ever", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      const life = yield* alive(place)
      assert.deepEqual(yield* beats(life, 2), ["nothing", "nothing"])
      yield* writeChecklist(place, "# All done\n- [x] this\n- [X] that\n")
      assert.deepEqual(yield* beats(life, 2), ["nothing", "nothing"])
      assert.lengthOf(yield* place.anthropic.requests, 0)
    })
  )

  it.effect("a busy month at the default rate stays under a dollar", () =>
    Effect.gen(function* () {
      const price = Option.getOrThrow(priceOf("claude-haiku-5-5"))
      /**
       * From 08:00 to 22:00 every 30 minutes: 28 beats a day, 868 in 31 days. Each at its worst:
       * 2,000 tokens in, all at the dearest rate of the table (written to the one-hour cache), and
       * 500 out: 2000 × 0.20 + 500 × 0.50 = 650 micro-dollars. 868 × 650 = 564,200: $0.5642.
       */
      const beatsOfMonth = 28 * 31
      const perBeat = worstCaseMicros(price, mostPromptTokens, 500)
      assert.strictEqual(perBeat, 2000 * 0.2 + 500 * 0.5)
      assert.strictEqual(beatsOfMonth * perBeat, 564_200)
      assert.isBelow(beatsOfMonth * perBeat, 1_000_000)
      // A day of it through the graph, the checklist another one at each beat.
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      yield* place.anthropic.setBrain(() => text("Water the plants. ".repeat(20)))
      const life = yield* alive(place)
      const outcomes = yield* beats(life, 48, (index) =>
        writeChecklist(place, `- [ ] ${index} ${"many words ".repeat(300)}\n`.repeat(20))
      )
      assert.strictEqual(outcomes.filter((one) => one === "told").length, 28)
      assert.strictEqual(outcomes.filter((one) => one === "quiet").length, 20)
      const [ledger] = life.rows(
        `SELECT count(*) AS calls, max(reserved_micros) AS most, sum(charged_micros) AS spent,
          min(purpose) AS a, max(purpose) AS b, max(model) AS model FROM cost_ledger`
      )
      assert.strictEqual(ledger?.["calls"], 28)
      assert.isAtMost(Number(ledger?.["most"]), perBeat)
      assert.isBelow(31 * Number(ledger?.["spent"]), 1_000_000)
      assert.deepEqual([ledger?.["a"], ledger?.["b"]], ["heartbeat", "heartbeat"])
      assert.strictEqual(ledger?.["model"], "claude-haiku-5-5")
    })
  )

  it.effect("what has become due is looked at once, and the answer told to the owner", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      const life = yield* alive(place)
      const before = yield* greet(place, life)
      yield* place.anthropic.enqueue(text("NOTHING"), text("Your passport runs out today."))
      yield* writeChecklist(place, "- [ ] 2026-12-01 13:30 passport\n- [ ] 2027-01-01 new year\n")
      assert.deepEqual(yield* beats(life, 6), [
        "silent",
        "nothing",
        "nothing",
        "told",
        "nothing",
        "nothing"
      ])
      assert.deepEqual(life.rows(told), [{ markdown: "💓 Your passport runs out today." }])
      const calls = yield* place.anthropic.calls
      assert.lengthOf(calls, before + 2)
      assert.include(printJson(calls.at(-1)?.body), "DUE 2026-12-01 13:30 passport")
      assert.notInclude(printJson(calls.at(-1)?.body), "tools")
    })
  )

  it.effect(
    "a refused key stops it across restarts until a person writes or the key is another",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(noon)
        const place = yield* makePlace
        const wrong = "sk-test-that-is-refused"
        const change = (index: number) => writeChecklist(place, `- [ ] item ${index}\n`)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const life = yield* alive(place, {}, wrong)
            yield* greet(place, life)
            assert.deepEqual(yield* beats(life, 4, change), Array(4).fill("stopped"))
            const [notice, ...more] = life.rows(told)
            assert.include(String(notice?.["markdown"]), "the model's provider refused the key")
            assert.deepEqual(more, [])
            assert.lengthOf(yield* place.anthropic.calls, 1)
          })
        )
        // The same key after a restart: still stopped, and nothing more is told.
        yield* Effect.scoped(
          Effect.gen(function* () {
            const life = yield* alive(place, {}, wrong)
            assert.deepEqual(yield* beats(life, 2, change), ["stopped", "stopped"])
            assert.lengthOf(yield* place.anthropic.calls, 1)
            yield* life.say("/whoami")
            assert.deepEqual(yield* beats(life, 2, change), ["stopped", "stopped"])
            // A person acted, so it was tried again, once.
            assert.lengthOf(yield* place.anthropic.calls, 2)
            assert.lengthOf(life.rows(told), 2)
          })
        )
        const life = yield* alive(place)
        yield* place.anthropic.setBrain(() => text("nothing."))
        assert.deepEqual(yield* beats(life, 2, change), ["silent", "silent"])
        assert.lengthOf(life.rows(told), 2)
      })
  )

  it.effect("no credit left stops it too; a vendor that is down does not", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(noon)
      const place = yield* makePlace
      const life = yield* alive(place)
      yield* greet(place, life)
      yield* place.anthropic.enqueue(refuse(529), refuse(402))
      yield* writeChecklist(place, "- [ ] something\n")
      assert.deepEqual(yield* beats(life, 3), ["failed", "stopped", "stopped"])
      assert.include(String(life.rows(told)[0]?.["markdown"]), "no credit left")
      assert.lengthOf(yield* place.anthropic.calls, 2)
    })
  )

  it.effect("a month's budget that is spent is told once, and it rests until the next month", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 11, 31, 20))
      const place = yield* makePlace
      const poor = { budget: { monthly_usd: 0.0001 } }
      yield* writeChecklist(place, "- [ ] something\n")
      const outcomes: Array<Beat> = []
      for (const lives of [1, 2]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const life = yield* alive(place, poor)
            if (lives === 1) yield* greet(place, life)
            outcomes.push(...(yield* beats(life, 1)))
            assert.lengthOf(life.rows(told), 1)
          })
        )
      }
      assert.deepEqual(outcomes, ["paused", "paused"])
      assert.lengthOf(yield* place.anthropic.calls, 0)
      // 10:00 on the first of January: a new month.
      yield* TestClock.setTime(Date.UTC(2027, 0, 1, 9))
      const life = yield* alive(place)
      yield* place.anthropic.setBrain(() => text("NOTHING"))
      assert.deepEqual(yield* beats(life, 1), ["silent"])
    })
  )
})

describe("quiet hours", () => {
  const at = (iso: string) => DateTime.toEpochMillis(DateTime.makeUnsafe(iso))
  it.each([
    ["2026-12-01T20:59:00Z", false],
    ["2026-12-01T21:00:00Z", true],
    ["2026-12-02T06:59:00Z", true],
    ["2026-12-02T07:00:00Z", false]
  ] as const)("%s from 22:00 to 08:00 in Berlin: %s", (iso, quiet) => {
    assert.strictEqual(isQuiet(at(iso), berlin, ["22:00", "08:00"]), quiet)
  })

  it("within a day, and never when both are the same", () => {
    assert.isTrue(isQuiet(at("2026-12-01T12:00:00Z"), berlin, ["12:00", "14:00"]))
    assert.isFalse(isQuiet(at("2026-12-01T13:00:00Z"), berlin, ["12:00", "14:00"]))
    assert.isFalse(isQuiet(at("2026-12-01T12:00:00Z"), berlin, ["13:00", "13:00"]))
  })
})

describe("what a beat asks", () => {
  const Lines = Schema.Array(Schema.String).check(Schema.isMaxLength(40))

  it.effect.prop(
    "is never more than its bound, whatever stands in the checklist",
    { due: Lines, failures: Lines, open: Lines },
    (found) =>
      Effect.sync(() => {
        const prompt = beatPrompt({ now: "Tue, 1 Dec 2026, 12:00 (Europe/Berlin)", ...found })
        assert.isAtMost(promptBound(prompt, []), mostPromptTokens)
      }),
    { arbitrary: { runs: 200 } }
  )

  it("says how much was cut", () => {
    const open = Array.from({ length: 50 }, (_, index) => `item ${index} ${"word ".repeat(10)}`)
    const prompt = beatPrompt({ now: "now", due: ["first"], failures: [], open })
    const content = printJson(prompt.content.at(-1))
    assert.include(content, "DUE first")
    assert.match(content, /\(cut: \d+ more lines\)/)
  })

  it("reads items and their dates", () => {
    assert.deepEqual(
      openItems(
        "- [ ] 2026-12-01 09:00 a\n* [ ] 2026-12-01 b\n- [x] c\n- [ ] 2026-13-45 d\ntext",
        berlin
      ),
      [
        { text: "2026-12-01 09:00 a", dueAt: Date.UTC(2026, 11, 1, 8) },
        { text: "2026-12-01 b", dueAt: Date.UTC(2026, 11, 1, 8) },
        { text: "2026-13-45 d", dueAt: null }
      ]
    )
  })

  it.each([
    ["NOTHING", true],
    ["nothing.", true],
    ["**Nothing**", true],
    ["", true],
    ["Nothing but the plants.", false],
    ["Water them.", false]
  ] as const)("%s means nothing: %s", (answer, nothing) => {
    assert.strictEqual(isNothing(answer), nothing)
  })
})
