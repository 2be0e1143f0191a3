// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who runs when: one turn at a time within a session, several sessions at once, on the real journal. */
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName, PersonId, type SessionId } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import type { Turn as TurnRow } from "../../src/domain/Turn.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { Channels } from "../../src/services/Channel.ts"
import { ContextEngine } from "../../src/services/ContextEngine.ts"
import { InboxStore } from "../../src/services/InboxStore.ts"
import { Journal } from "../../src/services/Journal.ts"
import { Sessions } from "../../src/services/Sessions.ts"
import { SessionStore } from "../../src/services/SessionStore.ts"
import { Settings } from "../../src/services/Settings.ts"
import { Turn } from "../../src/services/Turn.ts"

const channel = ChannelName.make("fake")
const person = PersonId.make("owner")

const settle = Effect.repeat(Effect.yieldNow, { times: 200 })

/** Turns that last until they are let go, and watch that they are alone in their session. */
const start = Effect.fnUntraced(function* (
  agent: NonNullable<Parameters<typeof Settings.layerFrom>[0]["agent"]>
) {
  const gates = new Map<SessionId, Deferred.Deferred<void>>()
  const log: Array<string> = []
  let most = 0
  const turns = Layer.effect(
    Turn,
    Effect.map(Journal, (journal) =>
      Turn.of({
        run: Effect.fnUntraced(function* (turn: TurnRow) {
          assert.isFalse(gates.has(turn.session), "two turns in one session")
          const gate = yield* Deferred.make<void>()
          gates.set(turn.session, gate)
          most = Math.max(most, gates.size)
          const messages = (yield* journal.answering(turn.id)).length
          log.push(`run ${messages}`)
          yield* Deferred.await(gate).pipe(
            Effect.ensuring(Effect.sync(() => gates.delete(turn.session)))
          )
          yield* journal.close(turn.id, "done", "")
        }),
        stop: Effect.fnUntraced(function* (turn: TurnRow) {
          assert.isFalse(gates.has(turn.session), "stopped while it runs")
          log.push("stop")
          yield* journal.close(turn.id, "stopped", "")
        })
      })
    )
  )
  const layer = Sessions.layerLocal.pipe(
    Layer.provideMerge(turns),
    Layer.provideMerge(Database.repositories),
    Layer.provide(
      Layer.mock(ContextEngine, {
        tools: [],
        prefixHash: "",
        windowOf: () => 0,
        conditional: () => Effect.succeed({ parts: [], dropped: [] })
      })
    ),
    Layer.provide(Layer.succeed(Channels, { ...Channels.fromList([]), names: [channel] })),
    Layer.provide(Migrations.layer),
    Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Settings.layerFrom({ agent }))
  )
  const context = yield* Layer.build(layer)
  const [inbox, sessions, store] = yield* Effect.all([InboxStore, Sessions, SessionStore]).pipe(
    Effect.provide(context)
  )
  let updates = 0
  const say = Effect.fnUntraced(function* (
    chat: string,
    how: { readonly joinWithin?: number; readonly isBacklog?: boolean } = {}
  ) {
    const session = yield* store.current({ channel, chat, topic: "" }, person)
    yield* inbox.insert({
      channel,
      updateId: String(updates++),
      session: session.id,
      person,
      lane: "turn",
      parts: [personText("Hello")],
      ...how
    })
    yield* sessions.wake(session.id)
    yield* settle
    return session.id
  })
  const finish = (session: SessionId) =>
    Effect.andThen(
      Effect.suspend(() => Deferred.succeed(gates.get(session)!, undefined)),
      settle
    )
  return { finish, gates, inbox, log, most: () => most, say, sessions }
})

describe("Sessions", () => {
  it.effect("what arrives while a turn runs becomes the next one, together", () =>
    Effect.gen(function* () {
      const { finish, log, say, sessions } = yield* start({})
      const id = yield* say("a")
      yield* say("a")
      yield* say("a")
      assert.deepEqual(log, ["run 1"])
      yield* finish(id)
      assert.deepEqual(log, ["run 1", "run 2"])
      yield* finish(id)
      assert.deepEqual(yield* sessions.running, [])
      yield* say("a")
      assert.deepEqual(log, ["run 1", "run 2", "run 1"])
    })
  )

  it.effect("sessions run at once, up to the limit; a free slot is taken", () =>
    Effect.gen(function* () {
      const { finish, gates, most, say } = yield* start({ max_concurrent_turns: 2 })
      const ids = yield* Effect.forEach(["a", "b", "c", "d"], (chat) => say(chat))
      assert.deepEqual([...gates.keys()], ids.slice(0, 2))
      yield* finish(ids[0]!)
      assert.deepEqual([...gates.keys()], [ids[1], ids[2]])
      yield* finish(ids[1]!)
      yield* finish(ids[2]!)
      yield* finish(ids[3]!)
      assert.strictEqual(gates.size, 0)
      assert.strictEqual(most(), 2)
    })
  )

  it.effect("stop ends the turn first, then what waited goes on", () =>
    Effect.gen(function* () {
      const { log, say, sessions } = yield* start({})
      const id = yield* say("a")
      yield* say("a")
      assert.isTrue(yield* sessions.stop(id))
      yield* settle
      assert.deepEqual(log, ["run 1", "stop", "run 1"])
      assert.isTrue(yield* sessions.stop(id))
      yield* settle
      assert.isFalse(yield* sessions.stop(id))
      assert.deepEqual(log, ["run 1", "stop", "run 1", "stop"])
    })
  )

  it.effect("a turn begins once nothing more followed, and at most five times that later", () =>
    Effect.gen(function* () {
      const { finish, log, say, sessions } = yield* start({ max_concurrent_turns: 1 })
      const pass = (millis: number) => Effect.andThen(TestClock.adjust(millis), settle)
      const id = yield* say("a", { joinWithin: 400 })
      yield* pass(399)
      yield* say("a", { joinWithin: 400 })
      yield* pass(399)
      assert.deepEqual(log, [])
      // Nobody else's slot is taken meanwhile.
      yield* finish(yield* say("b"))
      assert.deepEqual(log, ["run 1"])
      yield* pass(1)
      assert.deepEqual(log, ["run 1", "run 2"])
      yield* finish(id)
      for (let passed = 0; passed < 2000; passed += 250) {
        yield* say("a", { joinWithin: 400 })
        assert.strictEqual(log.length, 2)
        yield* pass(250)
      }
      assert.deepEqual(log.slice(2), ["run 8"])
      yield* finish(id)
      assert.deepEqual(yield* sessions.running, [])
    })
  )

  it.effect("stop drops what is held, and not what was written after it", () =>
    Effect.gen(function* () {
      const { inbox, log, say, sessions } = yield* start({})
      const id = yield* say("a", { joinWithin: 400 })
      yield* say("a", { joinWithin: 400 })
      assert.isTrue(yield* sessions.stop(id, 2))
      assert.strictEqual(yield* inbox.waiting(id), 1)
      yield* TestClock.adjust("400 millis")
      yield* settle
      assert.deepEqual(log, ["stop", "run 1"])
    })
  )

  it.effect("a backlog waits for its channel, a minute after each start at most", () =>
    Effect.gen(function* () {
      const { finish, inbox, log, say, sessions } = yield* start({})
      const id = yield* say("a", { isBacklog: true, joinWithin: 400 })
      yield* TestClock.adjust("59 seconds")
      yield* say("a", { isBacklog: true, joinWithin: 400 })
      yield* TestClock.adjust("59 seconds")
      yield* settle
      assert.deepEqual(log, [])
      assert.deepEqual(yield* inbox.caughtUp(channel), [id])
      yield* sessions.wake(id)
      yield* settle
      assert.deepEqual(log, ["run 2"])
      yield* finish(id)
      yield* say("a", { isBacklog: true })
      yield* TestClock.adjust("59 seconds")
      // As after a crash.
      yield* sessions.recover
      yield* TestClock.adjust("59 seconds")
      yield* settle
      assert.deepEqual(log, ["run 2"])
      yield* TestClock.adjust("1 second")
      yield* settle
      assert.deepEqual(log, ["run 2", "run 1"])
    })
  )

  it.effect("a clock that was set back keeps nothing waiting", () =>
    Effect.gen(function* () {
      const { log, say } = yield* start({})
      yield* TestClock.setTime(86_400_000)
      yield* say("a", { joinWithin: 400 })
      yield* TestClock.setTime(0)
      yield* say("a", { joinWithin: 400 })
      yield* settle
      assert.deepEqual(log, ["run 2"])
    })
  )

  it.effect("drain starts nothing new, waits for what runs, and not longer than it may", () =>
    Effect.gen(function* () {
      const { finish, inbox, log, say, sessions } = yield* start({ drain_timeout: "20 seconds" })
      const [first, second] = [yield* say("a"), yield* say("b")]
      yield* say("a")
      const draining = yield* Effect.forkChild(sessions.drain)
      yield* settle
      yield* finish(first)
      assert.deepEqual(log, ["run 1", "run 1"])
      assert.strictEqual(yield* inbox.waiting(first), 1)
      yield* TestClock.adjust("19 seconds")
      yield* settle
      assert.isUndefined(draining.pollUnsafe())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(draining)
      assert.deepEqual(yield* sessions.running, [second])
    })
  )
})
