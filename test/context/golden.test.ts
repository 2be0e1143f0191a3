// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over 50 turns with tools, changing memories and a restart, nearly all input is read from the cache. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ConditionalSource } from "../../src/services/ConditionalSources.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { asked } from "../support/Fakes.ts"
import { bodies, prefixOf, start } from "./agent.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-golden-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** Something else is remembered with each message; every seventh time the source fails. */
const memories = (): ConditionalSource => {
  let turn = 0
  return {
    name: "memories",
    tokens: "memory",
    produce: () =>
      Effect.sync(() => {
        turn++
        return [1, 2].map((nth) => ({
          _tag: "Text" as const,
          origin: "blufio" as const,
          trusted: true,
          text: `[Remembered: ${nth === 1 ? "the person likes tea" : `something new, number ${turn}, about the matter at hand`}]`
        }))
      })
  }
}

const essay =
  "This is a considerate answer of the kind that people get when they ask for a view. ".repeat(6)

/** Every third message wants a tool, two of them twelve calls at once. */
const brain = (body: MessagesBody): MessagesApi.Reply => {
  const { step, words } = asked(body)
  const number = Number(/\d+/.exec(words)?.[0] ?? 0)
  if (number % 3 !== 0 || step > 0) return MessagesApi.text(`${essay} ${number}.`)
  return {
    blocks: [
      { type: "thinking", thinking: `Turn ${number} needs arithmetic.` },
      ...Array.from({ length: number % 15 === 0 ? 12 : 1 }, (_, index) => ({
        type: "tool_use" as const,
        name: "calculate",
        json: JSON.stringify({ expression: `${number} * ${index + 2}` })
      }))
    ]
  }
}

describe("the prompt's prefix", () => {
  it.live.each(["claude-haiku-5-5", "claude-sonnet-5-5"])(
    "%s: 60 turns and a restart, byte for byte, and at least 85 percent from the cache",
    (model) =>
      Effect.gen(function* () {
        const api = yield* MessagesApi.make({ brain })
        const database = join(yield* directory, "blufio.db")
        const talk = (from: number, to: number) =>
          Effect.gen(function* () {
            const { say } = yield* start({ api, database, model, sources: [memories()] })
            for (let turn = from; turn <= to; turn++) {
              const reply = yield* say(`Message number ${turn}: what do you make of it?`)
              assert.include(reply, String(turn))
              yield* api.elapse(60_000)
            }
          }).pipe(Effect.scoped)
        yield* talk(1, 30)
        yield* talk(31, 60)

        const calls = yield* api.calls
        for (const call of calls) assert.strictEqual(call.outcome, "answered", call.message)
        const sent = yield* bodies(api)
        assert.isAtLeast(sent.length, 75)
        assert.strictEqual(new Set(sent.map(prefixOf)).size, 1)
        for (const [index, body] of sent.entries()) {
          const before = sent[index - 1]
          if (before === undefined) continue
          // Where a breakpoint stands is not part of what is cached.
          const bytes = (messages: ReadonlyArray<MessagesBody["messages"][number]>) =>
            JSON.stringify(messages, (name, value: unknown) =>
              name === "cache_control" ? undefined : value
            )
          const start = body.messages.slice(0, before.messages.length)
          assert.strictEqual(bytes(start), bytes(before.messages))
        }
        const usage = calls.flatMap((call) => call.usage ?? [])
        const inCache = (one: (typeof usage)[number] | undefined) =>
          (one?.cache_read_input_tokens ?? 0) + (one?.cache_creation_input_tokens ?? 0)
        for (const [index, one] of usage.entries())
          assert.strictEqual(
            one.cache_read_input_tokens,
            inCache(usage[index - 1]),
            `call ${index} reads all that stood in the cache`
          )
        const read = usage.reduce((sum, one) => sum + one.cache_read_input_tokens, 0)
        const all = usage.reduce(
          (sum, one) =>
            sum + one.input_tokens + one.cache_read_input_tokens + one.cache_creation_input_tokens,
          0
        )
        yield* Effect.logInfo(`${model}: ${((100 * read) / all).toFixed(1)} % of ${all} read`)
        assert.isAtLeast(read / all, 0.85)
      }).pipe(Effect.scoped)
  )

  it.live("a model finds what it had cached after others have answered in between", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make({ brain: () => MessagesApi.text(essay) })
      const database = join(yield* directory, "blufio.db")
      const { say } = yield* start({ api, database, complexModel: "claude-opus-5-5" })
      yield* say("!complex Where shall we begin?")
      for (let turn = 1; turn <= 12; turn++) yield* say(`!simple And then, number ${turn}?`)
      yield* say("!complex Where did we begin?")
      const usage = (yield* api.calls).flatMap((call) =>
        (call.body as MessagesBody).model === "claude-opus-5-5" ? (call.usage ?? []) : []
      )
      assert.lengthOf(usage, 2)
      assert.isAbove(usage[0]!.cache_creation_input_tokens, 0)
      assert.strictEqual(
        usage[1]!.cache_read_input_tokens,
        usage[0]!.cache_creation_input_tokens + usage[0]!.cache_read_input_tokens
      )
    }).pipe(Effect.scoped)
  )
})
