// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whatever the model's provider does: one reply or one visible error, and a ledger that tells the truth. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { faulty, refuse, type Reply, text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { type Running, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, decodeRefusal, newestLedger } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside & { readonly daemon: Running }>()(
  "blufio/test/serve/faults.test/World"
) {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain(() => text("All is well."))
      const env = { BLUFIO__PROVIDER__ANTHROPIC__MAX_RETRIES: "1", ...Fakes.oneModel() }
      return World.of({ ...outside, daemon: yield* serve({ home: outside.home, env }) })
    })
  )
}

const midStream = text("A beginning that comes to nothing.").blocks

interface Case {
  readonly name: string
  readonly replies: ReadonlyArray<Reply>
  readonly shows: RegExp
  readonly ledger: ReadonlyArray<string>
}

const well = /^All is well\.$/

const cases: ReadonlyArray<Case> = [
  {
    name: "429 with retry-after is waited for",
    replies: [refuse(429, { headers: { "retry-after": "1" } })],
    shows: well,
    ledger: ["released", "settled"]
  },
  { name: "529", replies: [refuse(529)], shows: well, ledger: ["released", "settled"] },
  { name: "500", replies: [refuse(500)], shows: well, ledger: ["released", "settled"] },
  {
    name: "an error after partial text",
    replies: [
      faulty({ kind: "error-event", type: "overloaded_error", message: "Overloaded" }, midStream)
    ],
    shows: well,
    ledger: ["unconfirmed", "settled"]
  },
  {
    name: "a reset after partial text",
    replies: [faulty({ kind: "reset-mid-stream" }, midStream)],
    shows: well,
    ledger: ["unconfirmed", "settled"]
  },
  {
    name: "a reset before any answer",
    replies: [faulty({ kind: "reset-before-headers" })],
    shows: well,
    ledger: ["unconfirmed", "settled"]
  },
  {
    name: "an answer that ends too soon",
    replies: [faulty({ kind: "truncated" }, midStream)],
    shows: well,
    ledger: ["unconfirmed", "settled"]
  },
  {
    name: "a slow trickle",
    replies: [{ ...text("Slow, but it comes."), eventDelayMillis: 60, noise: true }],
    shows: /^Slow, but it comes\.$/,
    ledger: ["settled"]
  },
  {
    name: "overloaded for good",
    replies: [refuse(529), refuse(529)],
    shows: /^⚠️ .*overloaded.*\/retry/,
    ledger: ["released", "released"]
  },
  {
    name: "401 is not tried again",
    replies: [refuse(401)],
    shows: /^⚠️ .*refused the key.*ANTHROPIC_API_KEY.*\/retry/,
    ledger: ["released"]
  },
  {
    name: "402 is not tried again",
    replies: [refuse(402)],
    shows: /^⚠️ .*no credit left.*\/retry/,
    ledger: ["released"]
  },
  {
    name: "400 is not tried again",
    replies: [refuse(400)],
    shows: /^⚠️ .*invalid.*\/new/,
    ledger: ["released"]
  },
  {
    name: "an answer without a word",
    replies: [{ blocks: [] }],
    shows: /no answer.*\/retry/,
    ledger: ["settled"]
  },
  {
    name: "a tool that does not exist",
    replies: [{ blocks: [{ type: "tool_use", name: "teleport", json: "{}" }] }],
    shows: well,
    ledger: ["settled", "settled"]
  },
  {
    name: "tool input that is no JSON",
    replies: [{ blocks: [{ type: "tool_use", name: "calculate", json: "{oh" }] }],
    shows: well,
    ledger: ["settled", "settled"]
  }
]

layer(World.layer, { excludeTestServices: true })("when the provider fails", (it) => {
  it.effect.each(cases)("$name", ({ ledger, name, replies, shows }) =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      const before = (yield* anthropic.calls).length
      yield* anthropic.enqueue(...replies)
      const shown = yield* ask(home, telegram, "Hello!")
      assert.lengthOf(shown, 1)
      assert.match(shown[0]!, shows)
      assert.notInclude(shown[0]!, "A beginning")
      assert.deepEqual(newestLedger(home), [...ledger])
      const calls = (yield* anthropic.calls).slice(before)
      assert.lengthOf(calls, ledger.length)
      for (const call of calls) assert.notStrictEqual(call.outcome, "refused", call.message)
      if (name.startsWith("429")) assert.isAtLeast(calls[1]!.at - calls[0]!.at, 990)
    })
  )

  it.effect("what was shown of an attempt that failed gives way to the next", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      yield* anthropic.enqueue(
        { ...faulty({ kind: "reset-mid-stream" }, midStream), eventDelayMillis: 200 },
        { ...text("A second try, shown slowly."), eventDelayMillis: 200 }
      )
      assert.deepEqual(yield* ask(home, telegram, "Hello!"), ["A second try, shown slowly."])
      const versions = telegram.sent.at(-1)!.versions.map((version) => version.text)
      assert.isTrue(versions.some((shown) => shown.startsWith("A beginning")))
      assert.isTrue(versions.some((shown) => shown.includes("trying again")))
      assert.isFalse(versions.some((shown) => /A beginning.*A second/s.test(shown)))
    })
  )

  it.effect("the last one is told over HTTP with the right status", () =>
    Effect.gen(function* () {
      const { anthropic, daemon, home, telegram } = yield* World
      yield* anthropic.enqueue(refuse(401))
      const answer = yield* call(home.socket, "/v1/messages", { body: { text: "Hello!" } })
      assert.strictEqual(answer.status, 502)
      const { error } = yield* decodeRefusal(answer.body)
      assert.strictEqual(error.type, "turn_failed")
      assert.include(error.message, "ANTHROPIC_API_KEY")
      const ready = yield* call(home.socket, "/readyz")
      assert.strictEqual(ready.status, 503)
      assert.match(ready.body, /provider anthropic/)
      yield* ask(home, telegram, "And now?")
      assert.strictEqual((yield* call(home.socket, "/readyz")).status, 200)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
    })
  )
})
