// SPDX-License-Identifier: MIT OR Apache-2.0
/** The fake's prompt cache keeps the vendor's rules: what the figures of other tests rest on. */
import { assert, describe, it } from "@effect/vitest"
import type { CountBody } from "../fakes/messages-api/Body.ts"
import { makeCache } from "../fakes/messages-api/cache.ts"
import { modelById } from "../fakes/messages-api/models.ts"

const minute = 60_000
const haiku = modelById.get("claude-haiku-5-5")!
const sonnet = modelById.get("claude-sonnet-5-5")!

type Ttl = "5m" | "1h"
const mark = (ttl: Ttl) => ({ cache_control: { type: "ephemeral" as const, ttl } })
/** 100 tokens each, as the fake counts. */
const block = (name: string, ttl?: Ttl) => ({
  type: "text" as const,
  text: name.padEnd(300, "."),
  ...(ttl && mark(ttl))
})

const body = (blocks: ReadonlyArray<ReturnType<typeof block>>): CountBody => ({
  model: "claude-haiku-5-5",
  messages: [{ role: "user", content: blocks }]
})

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => block(`b${index + from}`))

const setUp = () => {
  let time = 0
  const cache = makeCache(() => time)
  const ask = (blocks: ReadonlyArray<ReturnType<typeof block>>, model = haiku) =>
    cache(body(blocks), model)
  return { ask, wait: (millis: number) => (time += millis) }
}

describe("the fake's cache", () => {
  it("keeps nothing shorter than the model's smallest prefix", () => {
    const { ask } = setUp()
    const six = [...many(5), block("end", "5m")]
    assert.strictEqual(ask(six.slice(1), haiku).cache_creation_input_tokens, 0)
    assert.strictEqual(ask(six, haiku).cache_creation_input_tokens, 600)
    assert.strictEqual(ask(six, sonnet).cache_creation_input_tokens, 0)
  })

  it.each([
    ["5m", 5],
    ["1h", 60]
  ] as const)("forgets after %s unless it is read", (ttl, minutes) => {
    const { ask, wait } = setUp()
    const blocks = [...many(9), block("end", ttl)]
    ask(blocks)
    wait(minutes * minute - 1)
    assert.strictEqual(ask(blocks).cache_read_input_tokens, 1000)
    wait(minutes * minute - 1)
    assert.strictEqual(ask(blocks).cache_read_input_tokens, 1000)
    wait(minutes * minute)
    assert.strictEqual(ask(blocks).cache_read_input_tokens, 0)
  })

  it("looks back 20 blocks from a breakpoint and no further", () => {
    const start = [...many(9), block("b9", "5m")]
    const bare = many(10)
    for (const [added, read] of [
      [20, 1000],
      [21, 0]
    ] as const) {
      const { ask } = setUp()
      ask(start)
      const next = [...bare, ...many(added - 1, 10), block("end", "5m")]
      assert.strictEqual(ask(next).cache_read_input_tokens, read)
      const bridged = [...start, ...many(added - 1, 50), block("end", "5m")]
      assert.strictEqual(ask(bridged).cache_read_input_tokens, 1000)
    }
  })
})
