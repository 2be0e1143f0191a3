// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as KeyedWorkers from "../../src/services/KeyedWorkers.ts"

const pauses = (times: number) => Effect.yieldNow.pipe(Effect.repeat({ times }))

/** Work that takes all that lies under its key, and watches that it is alone there. */
const makeCounted = Effect.fnUntraced(function* (pauseWithin: number) {
  const waiting = new Map<string, number>()
  const busy = new Set<string>()
  let done = 0
  const workers = yield* KeyedWorkers.make((key: string) =>
    Effect.gen(function* () {
      assert.isFalse(busy.has(key), "two workers for one key")
      busy.add(key)
      const found = waiting.get(key) ?? 0
      waiting.set(key, 0)
      yield* pauses(pauseWithin)
      done += found
      busy.delete(key)
    }).pipe(Effect.onInterrupt(() => Effect.sync(() => busy.delete(key))))
  )
  const offer = (key: string) =>
    Effect.suspend(() => {
      waiting.set(key, (waiting.get(key) ?? 0) + 1)
      return workers.wake(key)
    })
  return { workers, offer, done: () => done }
})

const Offers = Schema.Array(
  Schema.Struct({
    key: Schema.Literals(["a", "b", "c"]),
    pause: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4 }))
  })
)
const Pause = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))

describe("KeyedWorkers", () => {
  it.effect.prop(
    "loses no wake-up and runs one worker for a key, however they fall",
    [Offers, Pause],
    ([offers, pauseWithin]) =>
      Effect.gen(function* () {
        const { done, offer, workers } = yield* makeCounted(pauseWithin)
        yield* Effect.forEach(
          offers,
          ({ key, pause }) => Effect.andThen(pauses(pause), offer(key)),
          {
            discard: true
          }
        )
        yield* workers.idle
        assert.strictEqual(done(), offers.length)
        assert.deepEqual(yield* workers.keys, [])
      }).pipe(Effect.scoped)
  )

  it.effect.prop(
    "a key whose worker was replaced works again, also when woken meanwhile",
    [Pause, Pause],
    ([before, within]) =>
      Effect.gen(function* () {
        const { done, offer, workers } = yield* makeCounted(within)
        yield* offer("a")
        yield* pauses(before)
        const was = yield* workers.instead(
          "a",
          Effect.gen(function* () {
            const was = done()
            yield* offer("a")
            yield* pauses(before)
            assert.strictEqual(done(), was, "worked while it was replaced")
            return was
          })
        )
        yield* workers.idle
        assert.isAbove(done(), was)
      }).pipe(Effect.scoped)
  )

  it.effect("what is done instead waits until the worker has ended", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      let cleaned = false
      const workers = yield* KeyedWorkers.make<string, never>(() =>
        Deferred.succeed(started, undefined).pipe(
          Effect.andThen(Effect.never),
          Effect.ensuring(
            Effect.andThen(
              pauses(3),
              Effect.sync(() => {
                cleaned = true
              })
            )
          )
        )
      )
      yield* workers.wake("a")
      yield* Deferred.await(started)
      yield* workers.instead(
        "a",
        Effect.sync(() => assert.isTrue(cleaned))
      )
    })
  )
})
