// SPDX-License-Identifier: MIT OR Apache-2.0
/** What happens when condensing fails, is cut off, is asked for, or cannot help. */
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { query } from "../support/database.ts"
import { bodies, isCondensing, start } from "./agent.ts"

const encodeJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const file = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-trouble-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true }))
  ),
  (path) => join(path, "blufio.db")
)

const settings = { context: { window_tokens: 4000, compact_at: 0.75 } }
const filler = "Let us look at this from several sides before anything is settled. ".repeat(6)
const about = (turn: number) => `Tell me about topic ${turn} in a few words, if you please.`

const brain =
  (condensing: () => MessagesApi.Reply) =>
  (body: MessagesBody): MessagesApi.Reply =>
    isCondensing(body) ? condensing() : MessagesApi.text(filler)

const count = (api: MessagesApi.MessagesApi) =>
  Effect.map(bodies(api), (all) => all.filter(isCondensing).length)

const newest = (api: MessagesApi.MessagesApi) =>
  Effect.map(bodies(api), (all) => encodeJson(all.findLast((body) => !isCondensing(body))))

describe("condensing", () => {
  it.live("that fails leaves the oldest turns out, says so, and rests for some turns", () =>
    Effect.gen(function* () {
      let works = false
      const api = yield* MessagesApi.make({
        brain: brain(() => (works ? MessagesApi.text("Condensed.") : MessagesApi.refuse(500)))
      })
      const database = yield* file
      const { say } = yield* start({ api, database, settings })
      yield* say("Rule 1: be kind to snails.")
      const replies: Array<string> = []
      let turn = 0
      const goOn = Effect.suspend(() => say(about(++turn)))
      while ((yield* count(api)) === 0) replies.push(yield* goOn)
      assert.match(replies.at(-1)!, /could not be condensed \(the model failed\), so I answered/)
      for (const reply of replies.slice(0, -1)) assert.notInclude(reply, "⚠️")
      const cut = yield* newest(api)
      assert.include(cut, "Rule 1: be kind to snails.")
      assert.include(cut, "is left out here")
      assert.notInclude(cut, `about topic 1 in a few words, if you please."`)
      // Long enough to be over the threshold again before the rest is over.
      for (let quiet = 0; quiet < 4; quiet++)
        assert.notInclude(yield* say(`${about(++turn)} ${filler.repeat(3)}`), "⚠️")
      assert.strictEqual(yield* count(api), 1)
      works = true
      while ((yield* count(api)) === 1) yield* goOn
      const later = yield* newest(api)
      assert.include(later, "Condensed.")
      assert.include(later, "Rule 1: be kind to snails.")
      // What was left out in the meantime is condensed too: its raw messages are read.
      const asked = (yield* bodies(api)).filter(isCondensing).slice(1)
      assert.isTrue(asked.some((body) => encodeJson(body).includes("about topic 1 in")))
      const [rows] = query(database, "SELECT state, detail FROM compactions ORDER BY id")
      assert.deepEqual(
        rows!.map(({ state }) => state),
        ["failed", "finished"]
      )
    }).pipe(Effect.scoped)
  )

  it.live("that dies with the process is asked once more, then no more; what it cost is kept", () =>
    Effect.gen(function* () {
      const hang = MessagesApi.faulty({ kind: "hang-after-headers" })
      const api = yield* MessagesApi.make({ brain: brain(() => hang) })
      const database = yield* file
      yield* Effect.gen(function* () {
        const { say } = yield* start({ api, database, settings })
        yield* say("Rule 1: be kind to snails.")
        const talk = Effect.forEach(Arr.range(1, 30), (turn) => say(about(turn)))
        yield* Effect.forkScoped(talk)
        yield* api.waitFor(({ body }) => isCondensing(body as MessagesBody))
      }).pipe(Effect.scoped)
      const before = (yield* api.requests).length
      yield* Effect.gen(function* () {
        yield* start({ api, database, settings })
        yield* api.waitFor(
          ({ body, ordinal }) => ordinal > before && isCondensing(body as MessagesBody)
        )
      }).pipe(Effect.scoped)
      const { say } = yield* start({ api, database, settings })
      yield* say("Are you there?")
      assert.strictEqual(yield* count(api), 2)
      assert.include(yield* newest(api), "Rule 1: be kind to snails.")
      const [booked, rows] = query(
        database,
        "SELECT state, charged_micros, reserved_micros FROM cost_ledger WHERE purpose = 'compaction'",
        "SELECT detail FROM compactions ORDER BY id"
      )
      assert.deepEqual(
        booked!.map(({ state }) => state),
        ["unconfirmed", "unconfirmed"]
      )
      for (const row of booked!) assert.strictEqual(row["charged_micros"], row["reserved_micros"])
      assert.deepEqual(
        rows!.map(({ detail }) => detail),
        ["interrupted", "interrupted", "interrupted twice"]
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "/compact says from how many tokens to how many, with what matters, and /stop ends it",
    () =>
      Effect.gen(function* () {
        let reply = MessagesApi.faulty({ kind: "hang-after-headers" })
        const api = yield* MessagesApi.make({ brain: brain(() => reply) })
        const database = yield* file
        const { say } = yield* start({ api, database })
        assert.strictEqual(yield* say("/compact"), "There is nothing to condense yet.")
        yield* say("Rule 1: be kind to snails.")
        for (let turn = 1; turn <= 5; turn++) yield* say(about(turn))
        const hanging = yield* Effect.forkChild(say("/compact"))
        yield* api.waitFor(({ body }) => isCondensing(body as MessagesBody))
        assert.strictEqual(yield* say("/stop"), "Stopped.")
        assert.strictEqual(yield* Fiber.join(hanging), "Stopped. Nothing was condensed.")
        reply = MessagesApi.text("Condensed.")
        const done = yield* say("/compact the colour of topic 3")
        const [, before, after] = /from about ([\d,]+) to about ([\d,]+) tokens/.exec(done) ?? []
        assert.isBelow(Number(after?.replace(",", "")), Number(before?.replace(",", "")))
        const asked = encodeJson((yield* bodies(api)).findLast(isCondensing))
        assert.include(asked, "keep what concerns: the colour of topic 3")
        assert.include(asked, '"model":"claude-haiku-5-5"')
        yield* say("Go on.")
        const sent = yield* newest(api)
        assert.include(sent, "Rule 1: be kind to snails.")
        assert.include(sent, "Condensed.")
        assert.include(sent, about(5))
        const context = yield* say("/context")
        assert.match(context, /% of the window of 180,000/)
        assert.match(context, /- condensed: \d+/)
        assert.match(context, /- history: \d+/)
        assert.match(context, /- conditional: \d+/)
        assert.match(context, /- tools: \d+/)
        assert.match(context, /% came from the cache \([\d,]+ of [\d,]+ tokens in 7 calls\)/)
        assert.match(context, /At most it can have [\d,]+/)
      }).pipe(Effect.scoped)
  )

  it.live("inside a turn ends with /stop like any model step", () =>
    Effect.gen(function* () {
      const hang = MessagesApi.faulty({ kind: "hang-after-headers" })
      const api = yield* MessagesApi.make({ brain: brain(() => hang) })
      const { say } = yield* start({ api, database: yield* file, settings })
      const talk = Effect.forEach(Arr.range(1, 30), (turn) => say(about(turn)))
      yield* Effect.forkScoped(talk)
      const asked = yield* api.waitFor(({ body }) => isCondensing(body as MessagesBody))
      assert.strictEqual(yield* say("/stop"), "Stopped.")
      const ended = yield* api.waitFor(
        ({ abortedAt, ordinal }) => ordinal === asked.ordinal && Option.isSome(abortedAt)
      )
      assert.strictEqual(ended.outcome, "aborted")
    }).pipe(Effect.scoped)
  )

  it.live("/compact waits for a turn that runs", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make({
        brain: () => MessagesApi.faulty({ kind: "hang-after-headers" })
      })
      const { say } = yield* start({ api, database: yield* file })
      yield* Effect.forkScoped(say("Hello"))
      yield* api.waitFor(() => true)
      assert.include(yield* say("/compact"), "I am still at it.")
    }).pipe(Effect.scoped)
  )

  it.live(
    "a message that alone is more than the window is refused with a sentence, for nothing",
    () =>
      Effect.gen(function* () {
        const api = yield* MessagesApi.make()
        const { say } = yield* start({ api, database: yield* file, settings })
        const reply = yield* say("word ".repeat(4000))
        assert.match(
          reply,
          /about \d+ tokens, more than the window of 4000 \(context.window_tokens\)/
        )
        assert.lengthOf(yield* api.calls, 0)
        assert.include(yield* say("Shorter."), "reply to: Shorter.")
      }).pipe(Effect.scoped)
  )

  it.live("the share of the window decides when", () =>
    Effect.gen(function* () {
      const turnsUntil = Effect.fnUntraced(function* (compact_at: number) {
        const api = yield* MessagesApi.make({ brain: brain(() => MessagesApi.text("Short.")) })
        const context = { window_tokens: 6000, compact_at }
        const { say } = yield* start({ api, database: yield* file, settings: { context } })
        let turn = 0
        while ((yield* count(api)) === 0) yield* say(about(++turn))
        return turn
      }, Effect.scoped)
      const [early, late] = [yield* turnsUntil(0.4), yield* turnsUntil(0.9)]
      assert.isAtLeast(late, early * 2)
    }).pipe(Effect.scoped)
  )
})
