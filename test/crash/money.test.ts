// SPDX-License-Identifier: MIT OR Apache-2.0
/** Many sessions, a small cap, and `kill -9` amid them: what the vendor bills never passes the cap. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { costMicros, prices } from "../../src/domain/prices.ts"
import { type Logged, text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { eventually, rowsOf } from "../serve/support.ts"

const model = "claude-sonnet-5-5"
/** A call is held at up to ten cents: two lives of twelve, and the rest is short. */
const capMicros = 2_500_000
/** One model only, so that no cheaper one makes the cap a wide one. */
const env = {
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_SIMPLE: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_STANDARD: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: model,
  BLUFIO__BUDGET__DAILY_USD: "2.5"
}

const billOf = (calls: ReadonlyArray<Logged>): number =>
  calls
    .flatMap(({ billed }) => Option.toArray(billed))
    .reduce((sum, usage) => sum + costMicros(prices.get(model)!, usage), 0)

describe("money and kill -9", () => {
  it.live(
    "twelve sessions at once, killed twice: the bill and what is in doubt stay below the cap",
    () =>
      Effect.gen(function* () {
        const { anthropic, home } = yield* Fakes.make()
        yield* anthropic.setBrain(() => ({
          ...text("A long answer. ".repeat(400)),
          eventDelayMillis: 100,
          startDelayMillis: 100
        }))
        const ledger = () =>
          rowsOf(home, "SELECT state, charged_micros AS charged, model FROM cost_ledger")
        const charged = (rows: ReturnType<typeof ledger>) =>
          rows.reduce((sum, row) => sum + Number(row["charged"]), 0)
        const within = Effect.gen(function* () {
          const bill = billOf(yield* anthropic.calls)
          const rows = ledger()
          assert.isAtMost(bill, charged(rows), "nothing was billed that is not booked")
          assert.isAtMost(charged(rows), capMicros)
          return rows
        })
        const everybody = Effect.forEach(
          Array.from({ length: 12 }, (_, index) => `chat-${index}`),
          (session) => call(home.socket, "/v1/messages", { body: { session, text: "Tell me!" } }),
          { concurrency: "unbounded" }
        )
        for (const _life of [1, 2]) {
          const before = (yield* anthropic.requests).length
          const daemon = yield* serve({ home, env })
          const asking = yield* Effect.forkChild(everybody)
          yield* anthropic.waitFor(
            ({ ordinal, path }) => path === "/v1/messages" && ordinal > before + 8
          )
          yield* daemon.kill("SIGKILL")
          yield* Fiber.join(asking)
          const rows = yield* within
          assert.isTrue(
            rows.some(({ state }) => state === "reserved"),
            "killed amid a call"
          )
        }
        const daemon = yield* serve({ home, env })
        yield* everybody
        // The owner's warning waits in a chat that nobody has open: only the turns come to an end.
        yield* eventually(
          home,
          `SELECT id FROM turns WHERE finished_at IS NULL
            UNION SELECT id FROM inbox WHERE state <> 'done'`,
          (found) => found.length === 0
        )
        const rows = yield* within
        assert.isFalse(
          rows.some(({ state }) => state === "reserved"),
          "no reservation leaks"
        )
        assert.isTrue(rows.some(({ state }) => state === "unconfirmed"))
        assert.deepEqual(new Set(rows.map((row) => row["model"])), new Set([model]))
        const refused = rowsOf(home, "SELECT id FROM turns WHERE detail = 'BudgetExceeded'")
        assert.isAtLeast(refused.length, 1, "the cap was reached")
        assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      })
  )
})
