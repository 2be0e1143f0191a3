// SPDX-License-Identifier: MIT OR Apache-2.0
/** What was spent is told to the micro-dollar, everywhere the same, with a daemon and without one. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { costMicros, prices } from "../../src/domain/prices.ts"
import { BudgetReport, UsageReport } from "../../src/domain/usage.ts"
import { blufio } from "../cli/support.ts"
import type { Logged } from "../fakes/MessagesApi.ts"
import { call, callPort, say } from "../support/api.ts"
import { makeHome, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, eventually } from "./support.ts"

const model = "claude-haiku-5-5"

const decodeUsage = Schema.decodeUnknownEffect(Schema.fromJsonString(UsageReport))
const decodeBudget = Schema.decodeUnknownEffect(Schema.fromJsonString(BudgetReport))
const decodeKey = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ key: Schema.String }))
)

/** The vendor's bill: each call at the price table, rounded up. */
const billOf = (calls: ReadonlyArray<Logged>): number =>
  calls
    .flatMap(({ billed }) => Option.toArray(billed))
    .reduce((sum, usage) => sum + costMicros(prices.get(model)!, usage), 0)

/** The router has no choice: all is asked of one model, the cheapest. */
const models = {
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_SIMPLE: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_STANDARD: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: model
}

describe("usage", () => {
  it.live("is the vendor's bill, by the API, the terminal and the chat, and after the daemon", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const daemon = yield* serve({ home, env: models })
      yield* ask(home, telegram, "Hello!")
      yield* ask(home, telegram, 'use:calculate {"expression": "6 * 7"}')
      const calls = yield* anthropic.calls
      assert.isAtLeast(calls.length, 3)
      const bill = billOf(calls)
      const tokens = (kind: "input" | "output" | "cacheRead") =>
        calls.reduce((sum, { billed }) => sum + Option.getOrThrow(billed)[kind], 0)

      const overHttp = yield* call(home.socket, "/v1/usage?period=month&by=purpose")
      assert.strictEqual(overHttp.status, 200)
      const report = yield* decodeUsage(overHttp.body)
      assert.strictEqual(Math.round(report.cost_usd * 1e6), bill)
      assert.strictEqual(report.tokens.input, tokens("input"))
      assert.strictEqual(report.tokens.output, tokens("output"))
      assert.strictEqual(report.tokens.cache_read, tokens("cacheRead"))
      const all = report.tokens.input + report.tokens.cache_read + report.tokens.cache_write
      assert.closeTo(report.cache_hit_ratio ?? 0, report.tokens.cache_read / all, 0.0001)
      assert.deepInclude(report, { period: "month", unconfirmed_usd: 0, reserved_usd: 0 })
      assert.sameMembers(
        report.groups.map(({ key }) => key),
        ["chat", "tool_follow_up"]
      )
      const parts = report.groups.reduce((sum, { cost_usd }) => sum + cost_usd, 0)
      assert.closeTo(parts, report.cost_usd, 1e-9)
      assert.isAtLeast(report.forecast_usd, report.cost_usd)

      assert.includeMembers(
        report.zones.map(({ name }) => name),
        ["static", "tools", "history"]
      )
      const shown = report.zones.reduce((sum, zone) => sum + zone.tokens, 0)
      assert.closeTo(shown / all, 1, 0.5, "estimates that have learnt from three calls")

      const printed = yield* blufio(home, ["usage", "--month", "--by", "purpose", "--json"], {
        env: models
      })
      assert.deepEqual(yield* decodeUsage(printed.stdout), report)
      const [byModel] = yield* ask(home, telegram, "/usage by model")
      assert.include(byModel, `${model}: $${report.cost_usd.toFixed(bill < 1000 ? 6 : 4)}`)
      assert.include((yield* ask(home, telegram, "/usage by weekday"))[0], "Say /usage")

      const budget = yield* decodeBudget((yield* call(home.socket, "/v1/budget")).body)
      assert.deepEqual(
        budget.windows.map(({ window, limit_usd }) => [window, limit_usd]),
        [
          ["daily", 3],
          ["monthly", 50],
          ["heartbeat_monthly", 10]
        ]
      )
      const [day] = budget.windows
      assert.strictEqual(day?.spent_usd, report.cost_usd)
      assert.closeTo((day?.spent_usd ?? 0) + (day?.remaining_usd ?? 0), 3, 1e-9)
      const wrong = yield* call(home.socket, "/v1/usage?period=week")
      assert.strictEqual(wrong.status, 400)

      yield* daemon.kill("SIGTERM")
      const after = yield* blufio(home, ["usage", "--month", "--by", "purpose", "--json"])
      assert.deepEqual(yield* decodeUsage(after.stdout), report)
      const left = yield* blufio(home, ["budget", "--json"])
      assert.deepEqual(yield* decodeBudget(left.stdout), budget)
      const text = yield* blufio(home, ["budget"])
      assert.match(text.stdout, /^Today's budget: \$0\.\d+ of \$3\.00 \(0(\.\d)? %\), \$\d/)
    })
  )

  it.live("needs the scope to read on the gateway's port", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const daemon = yield* serve({ home })
      const port = yield* daemon.says(/127\.0\.0\.1:(\d+)/)
      const keyFor = Effect.fnUntraced(function* (scopes: string) {
        const made = yield* blufio(home, ["key", "create", scopes, "--scopes", scopes, "--json"])
        return (yield* decodeKey(made.stdout)).key
      })
      const [reader, chatter] = [yield* keyFor("read"), yield* keyFor("chat")]
      for (const path of ["/v1/usage", "/v1/budget"]) {
        assert.strictEqual((yield* callPort(port, path)).status, 401)
        assert.strictEqual((yield* callPort(port, path, { key: chatter })).status, 403)
        assert.strictEqual((yield* callPort(port, path, { key: reader })).status, 200)
      }
    })
  )

  it.live("is nothing before the first start, and one of --day and --month", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const usage = yield* decodeUsage((yield* blufio(home, ["usage", "--json"])).stdout)
      assert.deepInclude(usage, { period: "day", cost_usd: 0, cache_hit_ratio: null })
      const budget = yield* decodeBudget((yield* blufio(home, ["budget", "--json"])).stdout)
      assert.deepInclude(budget, { per_turn_usd: 1, reserved_usd: 0 })
      assert.strictEqual((yield* blufio(home, ["usage", "--day", "--month"])).exit, 2)
      assert.strictEqual((yield* blufio(home, ["usage", "--by", "weekday"])).exit, 2)
    })
  )

  it.live("above 75 percent the owner is told, and status says so", () =>
    Effect.gen(function* () {
      const { home } = yield* Fakes.make()
      const env = { ...models, BLUFIO__BUDGET__DAILY_USD: "0.5" }
      const daemon = yield* serve({ home, env })
      yield* say(home.socket, "Hello!", "desk")
      yield* daemon.kill("SIGTERM")
      // As if the day had been a dear one.
      const cheap = { ...env, BLUFIO__BUDGET__DAILY_USD: "0.000001" }
      yield* serve({ home, env: cheap })
      const [notice] = yield* eventually(
        home,
        "SELECT * FROM outbox WHERE markdown LIKE '💰%' ORDER BY id",
        (rows) => rows.length > 0
      )
      assert.match(String(notice!["markdown"]), /\d+ % of today's budget is spent/)
      assert.strictEqual(notice!["chat"], "desk")
      yield* eventually(home, "SELECT * FROM budget_warnings", (rows) => rows.length === 2)
      const status = yield* blufio(home, ["status"], { env: cheap })
      assert.match(status.stdout, /Warning +\d+ % of today's budget is spent/)
      const chat = yield* say(home.socket, "/status", "other")
      assert.match(chat.text, /⚠️ \d+ % of today's budget is spent/)
    })
  )
})
