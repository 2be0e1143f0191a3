// SPDX-License-Identifier: MIT OR Apache-2.0
/** One session over the socket: hearing what is said in it, and saying something; outlives the daemon. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import type { WatchEvent } from "../../api/schemas.ts"
import { ask, type Client, type DaemonError, DaemonGone } from "../../layers/DaemonClient.ts"

export type Heard =
  | WatchEvent
  /** From now on all is heard. */
  | { readonly _tag: "attached" }
  /** The daemon went away; it is waited for. */
  | { readonly _tag: "lost" }
  | { readonly _tag: "back" }

/** What became of a message. */
export type Answer =
  | { readonly _tag: "Reply"; readonly text: string }
  /** An explanation of what went wrong, which is said in the session too. */
  | { readonly _tag: "Failure"; readonly type: string; readonly text: string }
  /** The daemon went away over it. It goes on when it is back, and the reply is heard then. */
  | { readonly _tag: "Unknown" }

/** A daemon that is supervised comes back in this time. */
const awaitedMillis = 60_000
const pause = "500 millis"

const turnEnds = new Set(["budget_exceeded", "turn_failed"])

export const make = (
  client: Client,
  session: string,
  hear: (heard: Heard) => Effect.Effect<void>
) => {
  const attached = Latch.makeUnsafe()
  let lostAt: number | undefined

  const onAttached = Effect.suspend(() => {
    if (attached.isOpen()) return Effect.void
    const wasLost = lostAt !== undefined
    lostAt = undefined
    return Effect.andThen(attached.open, hear({ _tag: wasLost ? "back" : "attached" }))
  })

  const watch = ask(client.watch({ query: { session } })).pipe(
    Effect.flatMap((events) =>
      events.pipe(
        Stream.mapError(() => new DaemonGone({ reached: true })),
        Stream.runForEach((event) => Effect.andThen(onAttached, hear(event)))
      )
    ),
    Effect.andThen(Effect.fail(new DaemonGone({ reached: true })))
  )

  /** A stream's first byte is its first event. What is asked after it and answered shows that it stands. */
  const probe = Effect.andThen(ask(client.daemon({})), onAttached)

  const onGone = Effect.fnUntraced(function* (gone: DaemonGone) {
    yield* attached.close
    const now = yield* Clock.currentTimeMillis
    if (lostAt === undefined) yield* hear({ _tag: "lost" })
    lostAt ??= now
    if (now - lostAt > awaitedMillis) return yield* gone
    yield* Effect.sleep(pause)
  })

  /** Ends only by failing: when the daemon stays away. */
  const listen = Effect.all([watch, probe], { concurrency: 2, discard: true }).pipe(
    Effect.catchTag("DaemonGone", onGone),
    Effect.forever
  )

  /** Waits for the whole answer; for the daemon too, when it is away. */
  const send = (text: string): Effect.Effect<Answer, DaemonError> =>
    attached.await.pipe(
      Effect.andThen(ask(client.send({ payload: { session, text } }))),
      Effect.map((reply): Answer => ({ _tag: "Reply", text: reply.text })),
      Effect.catchTags({
        DaemonRefused: (error): Effect.Effect<Answer, DaemonError> =>
          turnEnds.has(error.type)
            ? Effect.succeed({ _tag: "Failure", type: error.type, text: error.detail })
            : Effect.fail(error),
        DaemonGone: ({ reached }): Effect.Effect<Answer, DaemonError> =>
          reached
            ? Effect.succeed({ _tag: "Unknown" })
            : Effect.delay(
                Effect.suspend(() => send(text)),
                pause
              )
      })
    )

  return { listen, send }
}
