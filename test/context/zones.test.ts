// SPDX-License-Identifier: MIT OR Apache-2.0
/** What comes with a message, within its budgets; what a step keeps of it; and what it all weighs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type ConditionalSource, SourceFailed } from "../../src/services/ConditionalSources.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import { promptTokens } from "../fakes/messages-api/cache.ts"
import { textTokens } from "../fakes/messages-api/tokens.ts"
import { query } from "../support/database.ts"
import { bodies, start } from "./agent.ts"

const encodeJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const file = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-zones-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  ),
  (path) => join(path, "blufio.db")
)

const ours = (text: string) => ({
  _tag: "Text" as const,
  origin: "blufio" as const,
  trusted: true,
  text
})

const source = (
  name: string,
  tokens: ConditionalSource["tokens"],
  ...texts: ReadonlyArray<string>
): ConditionalSource => ({ name, tokens, produce: () => Effect.succeed(texts.map(ours)) })

const contexts = (database: string) =>
  query(database, "SELECT context FROM steps WHERE kind = 'model' ORDER BY id")[0]!.map(
    ({ context }) =>
      JSON.parse(String(context)) as {
        readonly zones: ReadonlyArray<{ readonly name: string; readonly tokens: number }>
        readonly dropped: ReadonlyArray<{ readonly what: string; readonly why: string }>
        readonly estimate: number
        readonly bound: number
      }
  )

const long = (name: string) => `[${name}: ${"remembered words ".repeat(40)}]`

describe("zones", () => {
  it.live(
    "memories and skills have budgets of their own; what is left out is kept with the step",
    () =>
      Effect.gen(function* () {
        const api = yield* MessagesApi.make()
        const database = yield* file
        const failing: ConditionalSource = {
          name: "broken",
          tokens: 100,
          produce: () => Effect.fail(new SourceFailed({ source: "broken", detail: "no index" }))
        }
        const dying: ConditionalSource = {
          name: "dying",
          tokens: 1,
          produce: () => Effect.die("x")
        }
        const { say } = yield* start({
          api,
          database,
          settings: { context: { memory_tokens: 300, skill_tokens: 0 } },
          sources: [
            source("memories", "memory", long("one"), long("two"), "[small]"),
            source("skills", "skills", "[skill body]"),
            failing,
            dying
          ]
        })
        assert.include(yield* say("Hello."), "reply to: Hello.")
        const sent = encodeJson((yield* bodies(api))[0])
        assert.include(sent, "[one:")
        assert.notInclude(sent, "[two:")
        assert.include(sent, "[small]")
        assert.notInclude(sent, "[skill body]")
        const [first] = contexts(database)
        assert.deepEqual(
          first!.dropped.map(({ what, why }) => `${what}: ${why}`),
          [
            "memories: over context.memory_tokens (300 tokens)",
            "skills: over context.skill_tokens (0 tokens)",
            "broken: failed: no index",
            "dying: failed: it broke"
          ]
        )
        assert.include(yield* say("/context"), "over context.memory_tokens (300 tokens)")

        // The second time all of it stands in the window already, and nothing of it is sent again.
        yield* say("Again.")
        const again = encodeJson((yield* bodies(api))[1])
        assert.strictEqual(again.split("[one:").length, 2)
        assert.strictEqual(again.split("[small]").length, 2)
        assert.include(
          contexts(database)[1]!.dropped.map(({ what, why }) => `${what}: ${why}`),
          "memories: stands in the window already"
        )
      }).pipe(Effect.scoped)
  )

  it.live("a step keeps its zones, which add up to the estimate, and that is near the count", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make()
      const database = yield* file
      const { say } = yield* start({ api, database })
      for (const words of [
        "Hello there!",
        "Grüße aus München, größer als sonst.",
        "你好吗?",
        "ok 👍"
      ])
        for (let times = 1; times <= 3; times++) yield* say(words.repeat(20 * times))
      const calls = yield* api.calls
      const kept = contexts(database)
      for (const [index, { bound, estimate, zones }] of kept.entries()) {
        const usage = calls[index]!.usage!
        const counted =
          usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens
        assert.isAtMost(counted, bound)
        if (index > 2)
          assert.isAtMost(Math.abs(estimate - counted) / counted, 0.15, `call ${index}`)
        const sum = zones.reduce((total, { tokens }) => total + tokens, 0)
        assert.isAtMost(Math.abs(sum - estimate), 2)
        for (const name of ["static", "tools", "history", "conditional", "message"])
          assert.isTrue(zones.some((zone) => zone.name === name))
      }
      const [factors] = query(database, "SELECT model, samples FROM token_factors")
      assert.deepEqual(factors, [{ model: "claude-haiku-5-5", samples: kept.length }])
    }).pipe(Effect.scoped)
  )

  it.live("all that is not the person's words weighs at most 1,500 tokens", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make()
      const { say } = yield* start({ api, database: yield* file })
      const words = "What is the capital of France?"
      yield* say(words)
      const [body] = yield* bodies(api)
      const overhead = promptTokens(body!) - textTokens(words)
      yield* Effect.logInfo(`overhead of a simple turn: ${overhead} tokens`)
      assert.isAtMost(overhead, 1500)
    }).pipe(Effect.scoped)
  )

  it.live("a persona has its limit in the static zone", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make()
      const database = yield* file
      const { say } = yield* start({
        api,
        database,
        settings: {
          agent: { system_prompt: "Be kind. ".repeat(3000) },
          context: { window_tokens: 8000 }
        }
      })
      yield* say("Hello")
      const [body] = yield* bodies(api)
      assert.isAtMost(textTokens(encodeJson(body!.system)), 2200)
      assert.strictEqual(contexts(database)[0]!.dropped[0]?.what, "persona")
    }).pipe(Effect.scoped)
  )

  it.live("pauses of twenty minutes make the cache last an hour, the prefix first", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make({ brain: () => MessagesApi.text("word ".repeat(900)) })
      const database = yield* file
      const settings = { agent: { system_prompt: "Be kind to all snails. ".repeat(60) } }
      const talk = Effect.gen(function* () {
        const { say } = yield* start({ api, database, settings })
        for (let turn = 1; turn <= 3; turn++) yield* say(`Hello ${turn}`)
      }).pipe(Effect.scoped)
      const marks = Effect.map(bodies(api), (all) => {
        const { cache_control, system } = all.at(-1)!
        return [
          typeof system === "string" ? undefined : system?.at(-1)?.cache_control,
          cache_control
        ]
      })
      yield* talk
      assert.deepEqual(yield* marks, [{ type: "ephemeral" }, { type: "ephemeral" }])
      const db = new DatabaseSync(database)
      db.exec("UPDATE cost_ledger SET created_at = created_at - (10 - id) * 20 * 60000")
      db.close()
      yield* talk
      const hour = { type: "ephemeral", ttl: "1h" } as const
      assert.deepEqual(yield* marks, [hour, hour])
      for (const call of yield* api.calls) assert.strictEqual(call.outcome, "answered")
      const [rows] = query(
        database,
        "SELECT cache_write_1h_tokens AS written FROM cost_ledger ORDER BY id DESC LIMIT 1"
      )
      assert.isAbove(Number(rows![0]!["written"]), 0)
    }).pipe(Effect.scoped)
  )
})
