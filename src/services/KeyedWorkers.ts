// SPDX-License-Identifier: MIT OR Apache-2.0
/** One worker per key at a time: a wake-up during the work makes it look once more, none is lost. */
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"

export interface KeyedWorkers<K> {
  /** Starts the key's worker, or tells it that there is more. */
  readonly wake: (key: K) => Effect.Effect<void>
  /**
   * Ends the key's worker, does something else in its place, and starts it again: wake-ups that come
   * meanwhile are kept, so that never both are at work.
   */
  readonly instead: <A, E>(key: K, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  readonly keys: Effect.Effect<ReadonlyArray<K>>
  /** Waits until no worker runs. */
  readonly idle: Effect.Effect<void>
}

/** `work` looks for what there is to do under a key, does it, and returns when there is nothing. */
export const make = Effect.fnUntraced(function* <K, R>(
  work: (key: K) => Effect.Effect<void, never, R>
) {
  const fibers = yield* FiberMap.make<K, void, never>()
  const context = yield* Effect.context<R>()
  const active = new Set<K>()
  const again = new Set<K>()
  const held = new Set<K>()

  /** Decides and, when it is over, leaves in one step: no wake-up can fall in between. */
  const isOver = (key: K) => Effect.sync(() => !again.delete(key) && active.delete(key))

  const loop = (key: K): Effect.Effect<void, never, R> =>
    Effect.andThen(
      work(key),
      Effect.flatMap(isOver(key), (over) => (over ? Effect.void : Effect.suspend(() => loop(key))))
    )

  const wake = (key: K): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (active.has(key) || held.has(key)) {
        again.add(key)
        return Effect.void
      }
      active.add(key)
      return loop(key).pipe(
        Effect.onError(() => Effect.sync(() => active.delete(key))),
        Effect.provideContext(context),
        FiberMap.run(fibers, key),
        Effect.asVoid
      )
    })

  const workers: KeyedWorkers<K> = {
    wake,
    instead: (key, effect) =>
      Effect.suspend(() => {
        held.add(key)
        return FiberMap.remove(fibers, key)
      }).pipe(
        Effect.andThen(effect),
        Effect.ensuring(
          Effect.suspend(() => {
            held.delete(key)
            again.delete(key)
            return wake(key)
          })
        )
      ),
    keys: Effect.sync(() => [...active]),
    idle: FiberMap.awaitEmpty(fibers)
  }
  return workers
})
