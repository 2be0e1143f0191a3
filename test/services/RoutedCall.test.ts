// SPDX-License-Identifier: MIT OR Apache-2.0
/** When the chosen model is overloaded or too dear, through the real router, call, budget and ledger. */
import { assert, describe, it } from "@effect/vitest"
import * as AiError from "effect/ai/AiError"
import * as LanguageModel from "effect/ai/LanguageModel"
import * as Prompt from "effect/ai/Prompt"
import type * as Response from "effect/ai/Response"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import type { Turn } from "../../src/domain/Turn.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { Budget } from "../../src/services/Budget.ts"
import { InboxStore } from "../../src/services/InboxStore.ts"
import { Journal } from "../../src/services/Journal.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { ModelCall } from "../../src/services/ModelCall.ts"
import { type Provider, Providers } from "../../src/services/Provider.ts"
import { Router } from "../../src/services/Router.ts"
import { RoutingStore } from "../../src/services/RoutingStore.ts"
import { SessionStore } from "../../src/services/SessionStore.ts"
import { Settings } from "../../src/services/Settings.ts"
import { RoutedCall } from "../../src/services/turn/RoutedCall.ts"

const haiku = "claude-haiku-5-5"
const sonnet = "claude-sonnet-5-5"
const opus = "claude-opus-5-5"
const models = { simple: haiku, standard: sonnet, complex: opus }
const hard = "Prove by induction that the sum of the first n cubes is a square."

const failing = (reason: AiError.AiErrorReason) =>
  AiError.make({ module: "test", method: "call", reason })
const overloaded = failing(
  new AiError.InternalProviderError({
    description: "Overloaded",
    http: { response: { status: 529, headers: {} } } as never
  })
)
const unauthorized = failing(new AiError.AuthenticationError({ kind: "InvalidKey" }))

const answer = (promptTokens: number): ReadonlyArray<Response.StreamPartEncoded> => [
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "Yes." },
  { type: "text-end", id: "0" },
  {
    type: "finish",
    reason: "stop",
    response: undefined,
    usage: {
      inputTokens: { uncached: promptTokens, total: promptTokens, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 5, text: 5, reasoning: 0 }
    }
  }
]

/** Models of which some are ill, and a log of who was asked. */
const start = Effect.fnUntraced(function* (file: Parameters<typeof Settings.layerFrom>[0] = {}) {
  const ill = new Map<string, AiError.AiError>()
  const asked: Array<string> = []
  const counted = { promptTokens: 10 }
  const provider: Provider = {
    name: "fake",
    model: sonnet,
    models,
    maxRetries: 0,
    languageModel: ({ model }) =>
      LanguageModel.make({
        generateText: () => Effect.die("not used"),
        streamText: () =>
          Stream.suspend(() => {
            asked.push(model)
            const error = ill.get(model)
            return error === undefined
              ? Stream.fromIterable(answer(counted.promptTokens))
              : Stream.fail(error)
          })
      }),
    countTokens: () => Effect.succeedNone,
    problem: Effect.succeedNone
  }
  const layer = RoutedCall.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(Router.layer, ModelCall.layer)),
    Layer.provideMerge(Budget.layer),
    Layer.provide(
      Layer.succeed(Providers, {
        names: ["fake"],
        find: () => Option.some(provider),
        chosen: provider
      })
    ),
    Layer.provideMerge(Database.repositories),
    Layer.provide(Migrations.layer),
    Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Settings.layerFrom(file))
  )
  const context = yield* Layer.build(layer)
  const services = yield* Effect.all({
    calls: ModelCall,
    inbox: InboxStore,
    journal: Journal,
    ledger: Ledger,
    routed: RoutedCall,
    router: Router,
    routings: RoutingStore,
    sessions: SessionStore
  }).pipe(Effect.provide(context))
  const { calls, inbox, journal, ledger, routed, routings, sessions } = services
  let updates = 0

  const open = Effect.fnUntraced(function* (words: string, chat = "chat") {
    const channel = ChannelName.make("fake")
    const person = PersonId.make("owner")
    const session = yield* sessions.current({ channel, chat, topic: "" }, person)
    yield* inbox.insert({
      channel,
      updateId: String(updates++),
      session: session.id,
      person,
      lane: "turn",
      parts: [personText(words)]
    })
    return Option.getOrThrow(yield* journal.open(session.id, []))
  })

  const ask = (turn: Turn, said: string, maxOutputTokens = 8192) =>
    routed.ask(
      turn,
      ({ intendedModel, model, provider, reasons }) =>
        calls.call(
          {
            session: turn.session,
            turn: turn.id,
            agent: turn.agent,
            person: turn.person,
            purpose: "chat",
            provider,
            model,
            intendedModel,
            reasons,
            prefixHash: "",
            prompt: Prompt.make(said),
            tools: [],
            maxOutputTokens
          },
          {
            started: journal.startStep({
              turn: turn.id,
              kind: "model",
              name: model,
              callId: "",
              idempotent: true
            }),
            delta: () => Effect.void,
            retrying: () => Effect.void,
            finished: (_, step) => journal.endStep(step, "finished", "stop")
          }
        ),
      () => Effect.void
    )

  /** One turn from its message to its end; the models that were asked for it. */
  const say = Effect.fnUntraced(function* (words: string, prompt = words) {
    const before = asked.length
    const turn = yield* open(words)
    const exit = yield* Effect.exit(ask(turn, prompt))
    yield* journal.close(turn.id, Exit.isSuccess(exit) ? "done" : "failed", "")
    return {
      exit,
      models: asked.slice(before),
      ledger: yield* ledger.ofTurn(turn.id),
      routing: Option.getOrThrow(yield* routings.ofTurn(turn.id))
    }
  })
  return { ...services, ask, counted, ill, open, say }
})

const tagOf = (exit: Exit.Exit<unknown, { readonly _tag: string }>) =>
  Option.getOrUndefined(Option.map(Exit.findErrorOption(exit), ({ _tag }) => _tag))

describe("RoutedCall", () => {
  it.effect("an overloaded model is replaced: the next cheaper first, then the next dearer", () =>
    Effect.gen(function* () {
      const { ill, say } = yield* start()
      ill.set(opus, overloaded)
      const down = yield* say(hard)
      assert.deepEqual(down.models, [opus, sonnet])
      assert.deepEqual(
        down.ledger.map(({ intendedModel, model, state }) => [intendedModel, model, state]),
        [
          [opus, opus, "released"],
          [opus, sonnet, "settled"]
        ]
      )
      const sentence = `${opus} is overloaded (InternalProviderError): ${sonnet} is asked instead`
      assert.include(down.ledger[1]!.reasons, sentence)
      assert.include(down.routing.reasons, sentence)
      assert.strictEqual(down.routing.intendedModel, opus)
      assert.strictEqual(down.routing.model, sonnet)
      const { ill: ill2, say: say2 } = yield* start()
      ill2.set(haiku, overloaded)
      assert.deepEqual((yield* say2("hi")).models, [haiku, sonnet])
      ill2.set(sonnet, overloaded)
      assert.deepEqual((yield* say2("hello")).models, [sonnet, opus], "haiku is not asked at once")
    })
  )

  it.effect("the breaker opens, is skipped, tries again after its time, and closes", () =>
    Effect.gen(function* () {
      const { ill, say } = yield* start()
      ill.set(opus, overloaded)
      assert.deepEqual((yield* say(hard)).models, [opus, sonnet])
      const skipped = yield* say(hard)
      assert.deepEqual(skipped.models, [sonnet])
      assert.include(
        skipped.routing.reasons,
        `${opus} was overloaded a moment ago: ${sonnet} is asked instead`
      )
      yield* TestClock.adjust("61 seconds")
      assert.deepEqual((yield* say(hard)).models, [opus, sonnet], "the probe finds it ill")
      assert.deepEqual((yield* say(hard)).models, [sonnet])
      ill.delete(opus)
      yield* TestClock.adjust("61 seconds")
      assert.deepEqual((yield* say(hard)).models, [opus])
      assert.deepEqual((yield* say(hard)).models, [opus])
    })
  )

  it.effect("a probe that the budget refuses does not keep the breaker from closing", () =>
    Effect.gen(function* () {
      const { ill, say } = yield* start({ budget: { per_turn_usd: 0.5 } })
      ill.set(opus, overloaded)
      yield* say(hard)
      ill.delete(opus)
      yield* TestClock.adjust("61 seconds")
      // 120 thousand bytes on opus at its write price are more than the turn may cost.
      const refused = yield* say(hard, "x".repeat(120_000))
      assert.deepEqual(refused.models, [sonnet])
      assert.match(refused.routing.reasons.join("\n"), /the budget does not cover claude-opus-5-5/)
      assert.deepEqual((yield* say(hard)).models, [opus])
    })
  )

  it.effect("an interrupted probe frees its place", () =>
    Effect.gen(function* () {
      const { ill, open, routed, say } = yield* start()
      ill.set(opus, overloaded)
      yield* say(hard)
      ill.delete(opus)
      yield* TestClock.adjust("61 seconds")
      const turn = yield* open(hard, "other")
      const probe = yield* Effect.forkChild(
        routed.ask(
          turn,
          () => Effect.never,
          () => Effect.void
        )
      )
      yield* Effect.repeat(Effect.yieldNow, { times: 50 })
      assert.deepEqual((yield* say(hard)).models, [sonnet], "one probe at a time")
      yield* Effect.sync(() => probe.interruptUnsafe())
      yield* Effect.repeat(Effect.yieldNow, { times: 50 })
      assert.deepEqual((yield* say(hard)).models, [opus])
    })
  )

  it.effect("when all are ill the failure is told; when all were, one is asked all the same", () =>
    Effect.gen(function* () {
      const { ill, say } = yield* start()
      for (const model of [haiku, sonnet, opus]) ill.set(model, overloaded)
      const first = yield* say("hi")
      assert.deepEqual(first.models, [haiku, sonnet, opus])
      assert.strictEqual(tagOf(first.exit), "AiError")
      const second = yield* say("hi")
      assert.deepEqual(second.models, [haiku])
      ill.clear()
      const third = yield* say("hi")
      assert.deepEqual(third.models, [haiku])
      assert.isTrue(Exit.isSuccess(third.exit))
    })
  )

  it.effect(
    "a refused key, an invalid request or an empty account is no reason to ask another",
    () =>
      Effect.gen(function* () {
        const { ill, say } = yield* start()
        for (const error of [
          unauthorized,
          failing(new AiError.QuotaExhaustedError({})),
          failing(new AiError.InvalidRequestError({ description: "bad" }))
        ]) {
          ill.set(haiku, error)
          const { exit, models } = yield* say("hi")
          assert.deepEqual(models, [haiku])
          assert.strictEqual(tagOf(exit), "AiError")
        }
      })
  )

  it.effect("what the budget does not cover goes to a cheaper model, then is refused", () =>
    Effect.gen(function* () {
      const { say } = yield* start({ budget: { per_turn_usd: 0.04 } })
      const cheaper = yield* say(hard, "x".repeat(4000))
      assert.deepEqual(cheaper.models, [sonnet])
      assert.deepEqual(
        cheaper.ledger.map(({ intendedModel, model }) => [intendedModel, model]),
        [[opus, sonnet]]
      )
      assert.match(
        cheaper.ledger[0]!.reasons.at(-1)!,
        /^the budget does not cover claude-opus-5-5 \(up to \$0\.\d+\): claude-sonnet-5-5/
      )
      const refused = yield* say(hard, "x".repeat(500_000))
      assert.deepEqual(refused.models, [])
      assert.strictEqual(tagOf(refused.exit), "BudgetExceeded")
    })
  )

  it.effect("a pin is no way past the budget", () =>
    Effect.gen(function* () {
      const { open, routings, say } = yield* start({ budget: { per_turn_usd: 0.04 } })
      const { session } = yield* open("hi", "chat")
      yield* routings.setPin(session, "complex")
      const pinned = yield* say("hi", "x".repeat(4000))
      assert.strictEqual(pinned.routing.intendedModel, opus)
      assert.deepEqual(pinned.models, [sonnet])
      yield* routings.setPin(session, "")
      assert.deepEqual((yield* say("hi")).models, [haiku])
    })
  )

  it.effect("what the ledger tells of the last call decides whether a change is worth it", () =>
    Effect.gen(function* () {
      const { counted, say } = yield* start()
      counted.promptTokens = 60_000
      assert.deepEqual((yield* say("Explain how a heat pump works.")).models, [sonnet])
      const warm = yield* say("thanks!")
      assert.deepEqual(warm.models, [sonnet])
      assert.match(warm.routing.reasons.join("; "), /stays with claude-sonnet-5-5: it has 60005/)
      assert.strictEqual(warm.routing.need, "simple")
      yield* TestClock.adjust("6 minutes")
      assert.deepEqual((yield* say("thanks!")).models, [haiku], "the cache has gone cold")
      counted.promptTokens = 500
      yield* say("Explain how a heat pump works.")
      assert.deepEqual((yield* say("Write a letter to my landlord.")).models, [sonnet])
      assert.deepEqual((yield* say("thanks!")).models, [haiku], "little to read anew")
    })
  )

  it.effect("a turn keeps its model, also after a fall-back, and is routed once", () =>
    Effect.gen(function* () {
      const { ask, ill, ledger, open, router } = yield* start()
      const turn = yield* open(hard)
      const decided = yield* router.route(turn)
      assert.strictEqual(decided.model, opus)
      ill.set(opus, overloaded)
      yield* ask(turn, hard)
      ill.delete(opus)
      yield* TestClock.adjust("61 seconds")
      yield* ask(turn, hard)
      assert.deepEqual(
        (yield* ledger.ofTurn(turn.id)).map(({ model }) => model),
        [opus, sonnet, sonnet]
      )
      const kept = yield* router.route(turn)
      assert.strictEqual(kept.intendedModel, opus)
      assert.strictEqual(kept.model, sonnet)
    })
  )
})
