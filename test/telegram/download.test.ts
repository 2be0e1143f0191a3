// SPDX-License-Identifier: MIT OR Apache-2.0
/** Bytes of files from Telegram: how long is waited for them, and what goes wrong on the way. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
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
  return { bot, channel, fetch }
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

  it.effect(
    "is given up after a quarter of a minute without an answer, or without more of it",
    () =>
      Effect.gen(function* () {
        const { bot, channel } = yield* start
        for (const [detail, after] of [
          ["no answer", 0],
          ["the connection fell silent", 100]
        ] as const) {
          const { file_id } = bot.files.add(bytes)
          bot.files.fail(file_id, { kind: "hang", after })
          const before = bot.files.downloads.length
          const begun = yield* Deferred.make<void>()
          const fetching = yield* channel.fetch!(file_id, 1000).pipe(
            Stream.runForEach(() => Deferred.succeed(begun, undefined)),
            Effect.flip,
            Effect.forkChild
          )
          yield* bot.waitFor(() => bot.files.downloads.length > before)
          if (after > 0) yield* Deferred.await(begun)
          yield* TestClock.adjust("14 seconds")
          assert.isUndefined(fetching.pollUnsafe())
          yield* TestClock.adjust("2 seconds")
          const error = yield* Fiber.join(fetching)
          assert.deepEqual([error.why, error.detail], ["unreachable", detail])
          yield* bot.waitFor(() => bot.files.downloads.at(-1)?.isAbandoned)
        }
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
