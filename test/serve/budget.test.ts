// SPDX-License-Identifier: MIT OR Apache-2.0
/** Money: what a cap does not cover is never asked, and the person is told how to raise it (invariant 4). */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { serve } from "../support/Blufio.ts"
import { query } from "../support/database.ts"
import * as Fakes from "../support/Fakes.ts"
import { decodeRefusal, person } from "./support.ts"

const micros = (database: string) =>
  query(
    database,
    "SELECT coalesce(sum(charged_micros), 0) AS sum, count(*) AS calls FROM cost_ledger"
  )[0]![0]!

/** What was spent or held when each reservation was made, itself included. */
const chargedAtEachReservation = `
  SELECT a.id, sum(CASE WHEN b.settled_at IS NULL OR b.settled_at > a.created_at OR b.id = a.id
    THEN b.reserved_micros ELSE b.charged_micros END) AS charged
  FROM cost_ledger a JOIN cost_ledger b ON b.id <= a.id GROUP BY a.id`

describe("the budget", () => {
  it.live.each([
    ["per_turn_usd", "this turn's budget"],
    ["daily_usd", "today's budget"],
    ["monthly_usd", "this month's budget"]
  ] as const)("refuses a call that %s does not cover", ([key, name]) =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(`[budget]\n${key} = 0.01\n`)
      yield* serve({ home, env: Fakes.oneModel() })
      telegram.userSays(person, "Hello!")
      const reply = yield* telegram.waitFor(() => telegram.shownIn(person)[0])
      assert.include(reply, name)
      assert.include(reply, `Raise budget.${key} in blufio.toml`)
      assert.include(reply, "$0.01")
      assert.match(reply!, /could cost up to \$0\.\d+/)
      assert.include(reply, `BLUFIO__BUDGET__${key.toUpperCase()}`)
      if (key !== "per_turn_usd") assert.match(reply!, /wait until \d{4}-\d\d-\d\d 00:00 \(UTC\)/)
      const answer = yield* call(home.socket, "/v1/messages", { body: { text: "Hello!" } })
      assert.strictEqual(answer.status, 402)
      const { error } = yield* decodeRefusal(answer.body)
      assert.strictEqual(error.type, "budget_exceeded")
      assert.include(error.message, `budget.${key}`)
      telegram.userSays(person, "/whoami")
      yield* telegram.waitFor(() => telegram.shownIn(person)[1]?.startsWith("You are"))
      telegram.userSays(person, "/budget")
      yield* telegram.waitFor(() => telegram.shownIn(person)[2]?.includes("left until"))
      telegram.userSays(person, "/usage month by purpose")
      yield* telegram.waitFor(() =>
        telegram.shownIn(person)[3]?.startsWith("Spent this month: $0.00")
      )
      assert.lengthOf(yield* anthropic.calls, 0)
      assert.deepEqual(micros(home.database), { sum: 0, calls: 0 })
    })
  )

  it.live("a share of the main agent's own is kept to", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(
        "[agents.main]\nbudget_share = 0.001\n"
      )
      yield* serve({ home, env: Fakes.oneModel() })
      telegram.userSays(person, "Hello!")
      const reply = yield* telegram.waitFor(() => telegram.shownIn(person)[0])
      assert.include(reply, "the agent main's share of today's budget of $0.0030 $0.00 is spent")
      assert.include(reply, "Raise agents.main.budget_share in blufio.toml and restart")
      assert.lengthOf(yield* anthropic.calls, 0)
    })
  )

  it.live("a model without a price is refused before any call", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home, env: Fakes.oneModel("claude-novel-9") })
      telegram.userSays(person, "Hello!")
      const reply = yield* telegram.waitFor(() => telegram.shownIn(person)[0])
      assert.include(reply, "No price is known for the model claude-novel-9")
      assert.include(reply, `[provider.prices."claude-novel-9"]`)
      assert.lengthOf(yield* anthropic.requests, 0)
    })
  )

  it.live("a price of the person's own is used", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(`
[provider.prices."claude-sonnet-5-5"]
input = 1000.0
output = 1000.0
cache_read = 1000.0
cache_write = 1000.0
cache_write_1h = 1000.0
`)
      yield* serve({ home, env: Fakes.oneModel() })
      telegram.userSays(person, "Hello!")
      const reply = yield* telegram.waitFor(() => telegram.shownIn(person)[0])
      assert.include(reply, "budget.per_turn_usd")
      assert.lengthOf(yield* anthropic.calls, 0)
    })
  )

  it.live("parallel sessions cannot pass the daily cap", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(`[budget]\ndaily_usd = 0.05\n`)
      yield* anthropic.setBrain(() => ({ ...text("Some answer."), startDelayMillis: 500 }))
      yield* serve({ home, env: Fakes.oneModel() })
      telegram.userSays(person, "/whoami")
      yield* telegram.waitFor(() => telegram.shownIn(person).length === 1)
      const answers = yield* Effect.forEach(
        Array.from({ length: 10 }, (_, index) => `chat-${index}`),
        (session) => call(home.socket, "/v1/messages", { body: { session, text: "Hello!" } }),
        { concurrency: "unbounded" }
      )
      const answered = answers.filter(({ status }) => status === 200).length
      const refused = answers.filter(({ status }) => status === 402).length
      assert.strictEqual(answered + refused, 10)
      assert.isAtLeast(answered, 1)
      assert.isAtLeast(refused, 1)
      assert.lengthOf(yield* anthropic.calls, answered)
      const [peaks] = query(home.database, chargedAtEachReservation)
      for (const peak of peaks!) assert.isAtMost(Number(peak["charged"]), 50_000)
    })
  )
})
