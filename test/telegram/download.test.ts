// SPDX-License-Identifier: MIT OR Apache-2.0
/** Bytes of files from Telegram: how long is waited for them, and what goes wrong on the way. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as BotApi from "../fakes/BotApi.ts"
import { telegram } from "./support.ts"

const start = Effect.gen(function* () {
  const bot = yield* BotApi.make()
  const { channel } = telegram(bot)
  const fetch = (ref: string, most = 1000) =>
    Effect.map(Stream.runCollect(channel.fetch!(ref, most)), (chunks) => Buffer.concat(chunks))
  return { bot, fetch }
})

const bytes = Buffer.alloc(500, "x")

describe("a download", () => {
  it.effect("brings the bytes", () =>
    Effect.gen(function* () {
      const { bot, fetch } = yield* start
      const { file_id } = bot.files.add(bytes)
      assert.deepEqual(yield* fetch(file_id), bytes)
    })
  )

  it.effect.each([
    ["no answer", { kind: "hang" }],
    ["the connection fell silent", { kind: "hang", after: 100 }]
  ] as const)("is given up after a quarter of a minute: %s", ([detail, fault]) =>
    Effect.gen(function* () {
      const { bot, fetch } = yield* start
      const { file_id } = bot.files.add(bytes)
      bot.files.fail(file_id, fault)
      const fetching = yield* Effect.forkChild(Effect.flip(fetch(file_id)))
      yield* bot.waitFor(() => bot.files.downloads.length === 1)
      // Time goes on in steps, as what was sent before the silence may be on its way still.
      const ticking = yield* Effect.forkChild(
        TestClock.adjust("1 second").pipe(Effect.andThen(Effect.yieldNow), Effect.forever)
      )
      const error = yield* Fiber.join(fetching)
      yield* Fiber.interrupt(ticking)
      assert.deepEqual([error.why, error.detail], ["unreachable", detail])
      yield* bot.waitFor(() => bot.files.downloads[0]?.isAbandoned)
    })
  )

  it.effect("tells what the server said, and what it said too much of", () =>
    Effect.gen(function* () {
      const { bot, fetch } = yield* start
      const { file_id } = bot.files.add(bytes)
      const whyNot = (ref: string, most?: number) =>
        Effect.map(Effect.flip(fetch(ref, most)), ({ why }) => why)
      assert.strictEqual(yield* whyNot("unknown"), "gone")
      assert.strictEqual(yield* whyNot(file_id, 499), "too-large")
      for (const [code, why] of [
        [404, "gone"],
        [403, "refused"],
        [429, "unreachable"],
        [500, "unreachable"]
      ] as const) {
        bot.files.fail(file_id, { kind: "status", code })
        assert.strictEqual(yield* whyNot(file_id), why)
      }
      bot.fail("getFile", { kind: "html", status: 502 })
      assert.strictEqual(yield* whyNot(file_id), "unreachable")
      bot.files.fail(file_id, { kind: "cut", after: 10 })
      assert.strictEqual(yield* whyNot(file_id), "unreachable")
      for (const path of ["/etc/passwd", "a/../b", "..", "a//b", "a b", "a?b", "a%2e", ".env"]) {
        const odd = bot.files.add(bytes, { path })
        const why = path.startsWith("/") ? "kept-by-server" : "refused"
        assert.strictEqual(yield* whyNot(odd.file_id), why, path)
      }
    })
  )
})
