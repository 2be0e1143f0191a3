// SPDX-License-Identifier: MIT OR Apache-2.0
/** The newest log lines in memory, for `blufio logs`: bounded, and scrubbed before they get here. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

const capacity = 2000

export class LogRing extends Context.Service<
  LogRing,
  {
    readonly append: (line: string) => void
    /** Oldest first. */
    readonly recent: Effect.Effect<ReadonlyArray<string>>
    /** From the moment of subscription on; who falls behind loses the oldest. */
    readonly follow: Effect.Effect<Stream.Stream<string>, never, Scope.Scope>
  }
>()("blufio/services/LogRing") {
  static readonly layer = Layer.effect(
    LogRing,
    Effect.gen(function* () {
      const lines = yield* PubSub.sliding<string>(capacity)
      let ring: Array<string> = []
      return LogRing.of({
        append: (line) => {
          ring.push(line)
          if (ring.length >= 2 * capacity) ring = ring.slice(-capacity)
          PubSub.publishUnsafe(lines, line)
        },
        recent: Effect.sync(() => ring.slice(-capacity)),
        follow: Effect.map(PubSub.subscribe(lines), (subscription) =>
          Stream.fromEffectRepeat(PubSub.take(subscription))
        )
      })
    })
  )
}
