// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which model answers, seen from outside: each tier's model, overrides, fall-back, and why. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import type { MessagesApi } from "../fakes/MessagesApi.ts"
import { refuse, text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { command, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, person, printJson, rowsOf } from "./support.ts"

const haiku = "claude-haiku-5-5"
const sonnet = "claude-sonnet-5-5"
const opus = "claude-opus-5-5"
const hard =
  "Compare three database designs for a clinic: analyse cost, risks and migration step by step, " +
  "then recommend one and justify it."
const ordinary = "Explain how a heat pump works."

const bodies = (anthropic: MessagesApi) =>
  Effect.map(anthropic.calls, (calls) => calls.map(({ body }) => body as MessagesBody))
const models = (anthropic: MessagesApi) =>
  Effect.map(bodies(anthropic), (all) => all.map(({ model }) => model))

const Shown = Schema.fromJsonString(
  Schema.Struct({
    turns: Schema.Array(
      Schema.Struct({
        routing: Schema.NullOr(
          Schema.Struct({
            intended_model: Schema.String,
            model: Schema.String,
            tier: Schema.String,
            confidence: Schema.Finite,
            reasons: Schema.Array(Schema.String)
          })
        )
      })
    )
  })
)
const decodeShown = Schema.decodeUnknownEffect(Shown)

describe("the router", () => {
  it.live("haiku for a greeting, sonnet by default, opus for what is hard; and says why", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home })
      yield* ask(home, telegram, "hi")
      yield* ask(home, telegram, ordinary)
      yield* ask(home, telegram, hard)
      assert.deepEqual(yield* models(anthropic), [haiku, sonnet, opus])
      const [why] = yield* ask(home, telegram, "/why")
      assert.match(why!, /claude-opus-5-5 \(complex, confidence [\d.]+\)/)
      assert.match(why!, /asks for a comparison/)
      assert.match(why!, /Cost: \$0\.\d+/)
      assert.match(why!, /up from claude-sonnet-5-5: reading \d+ tokens anew costs about \$/)
      const ledger = rowsOf(
        home,
        "SELECT model, intended_model, reasons FROM cost_ledger ORDER BY id"
      )
      assert.deepEqual(
        ledger.map((row) => row["intended_model"]),
        [haiku, sonnet, opus]
      )
      assert.include(String(ledger[0]!["reasons"]), "a short courtesy")
      const [session] = rowsOf(home, "SELECT id FROM sessions")
      const id = String(session!["id"])
      const { turns } = yield* decodeShown((yield* call(home.socket, `/v1/sessions/${id}`)).body)
      assert.deepEqual(
        turns.map(({ routing }) => [routing?.tier, routing?.model, routing?.intended_model]),
        [
          ["simple", haiku, haiku],
          ["standard", sonnet, sonnet],
          ["complex", opus, opus]
        ]
      )
      const shown = yield* command({ home, args: ["session", "show", id] })
      assert.match(shown.stdout, /^ {2}simple: claude-haiku-5-5 \(a short courtesy\)$/m)
    })
  )

  it.live("the settings name each tier's model", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const env = {
        BLUFIO__PROVIDER__ANTHROPIC__MODEL_SIMPLE: "claude-haiku-4-5",
        BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: "claude-opus-5"
      }
      const daemon = yield* serve({ home, env })
      assert.notInclude(daemon.stdout(), "not yet")
      yield* ask(home, telegram, "hi")
      yield* ask(home, telegram, hard)
      assert.deepEqual(yield* models(anthropic), ["claude-haiku-4-5", "claude-opus-5"])
    })
  )

  it.live("/model pins a session, a prefix serves once and is not shown to the model", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home })
      const say = (words: string) => ask(home, telegram, words)
      assert.match((yield* say("/model"))[0]!, /The router chooses/)
      assert.match((yield* say("/model gpt-9"))[0]!, /no model or tier.*[\s\S]*claude-opus-5-5/)
      assert.match((yield* say("/model complex"))[0]!, /complex \(claude-opus-5-5\) answers/)
      yield* say("hi")
      yield* say("!haiku hello")
      yield* say("/model claude-sonnet-5")
      yield* say("hey")
      assert.match((yield* say("/model"))[0]!, /pinned to claude-sonnet-5\./)
      yield* say("/model auto")
      yield* say("thanks")
      yield* say("/retry")
      assert.deepEqual(yield* models(anthropic), [opus, haiku, "claude-sonnet-5", haiku, haiku])
      const sent = printJson(yield* bodies(anthropic))
      assert.notInclude(sent, "!haiku")
      assert.include(sent, `"hello"`)
      for (const one of yield* anthropic.calls) assert.strictEqual(one.outcome, "answered")
    })
  )

  it.live("an overloaded model hands over in the middle of a tool loop, without its thinking", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home, env: { BLUFIO__PROVIDER__ANTHROPIC__MAX_RETRIES: "0" } })
      const tool = { type: "tool_use" as const, name: "calculate", json: `{"expression":"6*7"}` }
      const thinking = { type: "thinking" as const, thinking: "Let me work this out." }
      yield* anthropic.enqueue(
        { blocks: [thinking, tool] },
        refuse(529),
        { blocks: [{ ...thinking, thinking: "Another look." }, tool] },
        { blocks: [thinking, { type: "text", text: "It is 42." }] }
      )
      const shown = yield* ask(home, telegram, hard)
      assert.include(shown.join("\n"), "It is 42.")
      const calls = yield* anthropic.calls
      assert.deepEqual(yield* models(anthropic), [opus, opus, sonnet, sonnet])
      for (const one of calls) assert.notStrictEqual(one.outcome, "refused", one.message)
      const [, second, third, fourth] = (yield* bodies(anthropic)).map((body) => printJson(body))
      assert.include(second, "Let me work this out.")
      assert.notInclude(third, "Let me work this out.")
      assert.include(fourth, "Another look.")
      const [why] = yield* ask(home, telegram, "/why")
      assert.match(why!, /claude-opus-5-5 was meant to answer/)
      assert.match(why!, /claude-opus-5-5 is overloaded \(InternalProviderError\)/)
      yield* ask(home, telegram, hard)
      assert.strictEqual((yield* models(anthropic)).at(-1), sonnet, "the breaker is open")
    })
  )

  it.live("as the budget runs low complex becomes standard", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(
        "[budget]\ndaily_usd = 1.0\nmonthly_usd = 100.0\nper_turn_usd = 1.0\n"
      )
      const priced = (usage: number) => ({ ...text("Dear."), usageAtEnd: { output_tokens: usage } })
      yield* serve({ home })
      yield* anthropic.enqueue(priced(8000))
      yield* ask(home, telegram, hard)
      // Pinned for one message each: thrift never lowers those. $0.16 a time.
      for (let times = 0; times < 4; times++) {
        yield* anthropic.enqueue(priced(8000))
        yield* ask(home, telegram, `!opus ${hard}`)
      }
      yield* ask(home, telegram, hard)
      const [why] = yield* ask(home, telegram, "/why")
      assert.strictEqual((yield* models(anthropic)).at(-1), sonnet)
      assert.match(why!, /budget at 8\d %: complex lowered to standard/)
      yield* atRest(home)
    })
  )

  it.live("the decision is the same after a kill", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const first = yield* serve({ home })
      yield* anthropic.enqueue({ ...text("Too late."), startDelayMillis: 60_000 })
      telegram.userSays(person, hard)
      yield* anthropic.waitFor(({ path }) => path === "/v1/messages")
      yield* first.kill("SIGKILL")
      const before = rowsOf(home, "SELECT routing FROM turns")
      // Were it decided anew, another model would answer.
      yield* serve({ home, env: { BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: "claude-opus-5" } })
      yield* telegram.waitFor(() => telegram.shownIn(person)[0])
      yield* atRest(home)
      assert.deepEqual(yield* models(anthropic), [opus, opus])
      assert.deepEqual(rowsOf(home, "SELECT routing FROM turns"), before)
    })
  )

  it.live("a tier without a price is told at start and avoided", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const env = { BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: "claude-novel-9" }
      const daemon = yield* serve({ home, env })
      assert.match(
        `${daemon.stdout()}${daemon.stderr()}`,
        /no price is known for claude-novel-9.*complex/
      )
      yield* ask(home, telegram, hard)
      assert.deepEqual(yield* models(anthropic), [sonnet])
      const [why] = yield* ask(home, telegram, "/why")
      assert.include(why!, "no price is known for claude-novel-9: standard rather than complex")
    })
  )
})
