// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tools that come with Blufio. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { calculate } from "../../src/layers/tools/calculate.ts"
import { currentTime } from "../../src/layers/tools/currentTime.ts"
import { wait } from "../../src/layers/tools/wait.ts"
import { toolContext as context } from "../support/toolContext.ts"

describe("calculate", () => {
  it.effect.each([
    ["1 + 2 * 3", "7"],
    ["(3.5 + 2) * sqrt(16)", "22"],
    ["2 ^ 3 ^ 2", "512"],
    ["-2 ** 2", "4"],
    ["10 % 4", "2"],
    ["max(1, 7, 3) - min(2, 1)", "6"],
    ["round(pi * 100)", "314"],
    ["LN(e)", "1"]
  ] as const)("%s", ([expression, expected]) =>
    Effect.map(calculate.run({ expression }, context), (result) =>
      assert.strictEqual(result, expected)
    )
  )

  it.effect.each([
    "process.exit(1)",
    "constructor.constructor('return 1')()",
    "this",
    "a = 1",
    "[1,2]",
    "'text'",
    "toString()",
    "__proto__",
    "__proto__(1)",
    "constructor(2)",
    "1 +",
    "1 / 0",
    "sqrt(-1)",
    "1; 2",
    "2 && 3"
  ])("refuses %s", (expression) =>
    Effect.map(Effect.flip(calculate.run({ expression }, context)), (error) =>
      assert.strictEqual(error._tag, "ToolFailed")
    )
  )

  it.effect.prop("answers or refuses, and never breaks", [Schema.String], ([expression]) =>
    Effect.map(Effect.exit(calculate.run({ expression }, context)), (exit) =>
      assert.isFalse(
        exit._tag === "Failure" && exit.cause.reasons.some((one) => one._tag === "Die")
      )
    )
  )

  it.effect("parameters that are wrong are refused by name", () =>
    Effect.gen(function* () {
      for (const params of [
        null,
        {},
        { expression: "" },
        { expression: "1".repeat(1001) },
        "1 + 1"
      ]) {
        const error = yield* Effect.flip(calculate.run(params, context))
        assert.match(error.detail, /parameters are wrong/)
      }
    })
  )
})

describe("current_time", () => {
  it.effect("is the agent's, or the zone's that was asked for", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 0, 31, 23, 30))
      const tool = currentTime(DateTime.zoneMakeNamedUnsafe("Asia/Tokyo"))
      assert.match(
        yield* tool.run({}, context),
        /^2026-02-01T08:30:00\.000\+09:00\[Asia\/Tokyo\] \(Sunday/
      )
      assert.match(yield* tool.run({ time_zone: "America/New_York" }, context), /^2026-01-31T18:30/)
      const error = yield* Effect.flip(tool.run({ time_zone: "Mars/Olympus" }, context))
      assert.match(error.detail, /time_zone/)
    })
  )
})

describe("wait", () => {
  it.effect("waits, a minute at most, and is not to be repeated unasked", () =>
    Effect.gen(function* () {
      assert.isFalse(wait.idempotent)
      const fiber = yield* Effect.forkChild(wait.run({ seconds: 60 }, context))
      yield* Effect.yieldNow
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "Waited 60 s.")
      for (const seconds of [61, -1, NaN, "5"])
        assert.match(
          (yield* Effect.flip(wait.run({ seconds }, context))).detail,
          /parameters are wrong/
        )
    })
  )
})
