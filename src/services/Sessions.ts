// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: one turn at a time within a session, many sessions at once (invariant 3). */
import * as Context from "effect/Context"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { SessionId } from "../domain/Ids.ts"
import { Channels } from "./Channel.ts"
import { ContextEngine } from "./ContextEngine.ts"
import { InboxStore } from "./InboxStore.ts"
import { Journal } from "./Journal.ts"
import * as KeyedWorkers from "./KeyedWorkers.ts"
import { persistently } from "./persistently.ts"
import { meanwhile } from "./schedule/meanwhile.ts"
import { ScheduleStore } from "./ScheduleStore.ts"
import { type Session, SessionStore } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import type { StoreError } from "./Store.ts"
import { Turn } from "./Turn.ts"
import { noteForModel } from "./turn/late.ts"

/** Beyond any hold: a clock that was set back must not keep messages waiting. */
const longestHold = Duration.toMillis("5 minutes")

export class Sessions extends Context.Service<
  Sessions,
  {
    /** There is something to do in this session: a message, an answer, a turn to resume. */
    readonly wake: (session: SessionId) => Effect.Effect<void>
    /**
     * Ends the session's turn now, or else what waits in its queue, up to the inbox id `before`;
     * false when there is neither. What else waits comes next.
     */
    readonly stop: (session: SessionId, before?: number) => Effect.Effect<boolean, StoreError>
    /**
     * Does something in place of the session's turns, which wait for it. `None`: it was stopped, and
     * interrupted by that.
     */
    readonly aside: <A, E>(
      session: SessionId,
      effect: Effect.Effect<A, E>
    ) => Effect.Effect<Option.Option<A>, E>
    /** The sessions that have a fiber now. */
    readonly running: Effect.Effect<ReadonlyArray<SessionId>>
    /** Wakes every session with unfinished work: at start. */
    readonly recover: Effect.Effect<void, StoreError>
    /** Starts no more turns and gives the running ones `drain_timeout`; the rest stays resumable. */
    readonly drain: Effect.Effect<void>
  }
>()("blufio/services/Sessions") {
  static readonly layerLocal = Layer.effect(
    Sessions,
    Effect.gen(function* () {
      const channels = yield* Channels
      const context = yield* ContextEngine
      const inbox = yield* InboxStore
      const journal = yield* Journal
      const schedules = yield* ScheduleStore
      const store = yield* SessionStore
      const turns = yield* Turn
      const { agent, context: limits } = yield* Settings
      // About half of the window, at three bytes a token: the rest is for what came before and follows.
      const mostBytes = 1.5 * limits.window_tokens
      const slots = yield* Semaphore.make(agent.max_concurrent_turns)
      let draining = false

      const timers = yield* FiberMap.make<SessionId, void, never>()

      /** Milliseconds until no more is expected to follow what waits; at most 0: it may begin. */
      const holdOf = Effect.fnUntraced(function* (id: SessionId) {
        const until = Option.getOrElse(yield* inbox.heldUntil(id), () => 0)
        const left = until - (yield* Clock.currentTimeMillis)
        return left > longestHold ? 0 : left
      })

      /**
       * The turn to run next, if any: the unfinished one, or a new one over all that waits and that
       * a model could take in, once nothing more is expected to follow it. Until then a timer waits,
       * not a slot.
       */
      const next = Effect.fnUntraced(function* (session: Session) {
        const unfinished = yield* journal.unfinished(session.id)
        if (Option.isNone(unfinished)) {
          const hold = yield* holdOf(session.id)
          if (hold > 0) {
            const wake = Effect.suspend(() => workers.wake(session.id))
            yield* FiberMap.run(timers, session.id, Effect.delay(wake, hold))
            return Option.none()
          }
          const { dropped, parts } = yield* context.conditional(session)
          const sent = yield* meanwhile({ journal, schedules, sessions: store }, session.id)
          const end = yield* inbox.turnEnd(session.id, mostBytes)
          const late = yield* noteForModel(inbox, session.id, end, agent.time_zone)
          return yield* journal.open(session.id, [...parts, ...sent, ...late], dropped, end)
        }
        const { question, state } = unfinished.value
        const awaitsAnswer = state === "waiting" && question?.answer === null
        return awaitsAnswer ? Option.none() : unfinished
      })

      const work = Effect.fnUntraced(function* (id: SessionId) {
        const session = yield* store.find(id)
        if (Option.isNone(session)) return
        const step = Effect.gen(function* () {
          if (draining) return false
          const turn = yield* next(session.value)
          if (Option.isNone(turn)) return false
          yield* turns.run(turn.value, session.value)
          return true
        })
        while (yield* slots.withPermit(step)) {
          yield* Effect.yieldNow
        }
      })

      const workers: KeyedWorkers.KeyedWorkers<SessionId> = yield* KeyedWorkers.make(
        (id: SessionId) => persistently("a session")(work(id))
      )

      /** What runs, or else what waits in the queue: either is ended, and told of. */
      const stopNow = Effect.fnUntraced(function* (id: SessionId, before?: number) {
        const running = yield* journal.unfinished(id)
        const turn = Option.isSome(running) ? running : yield* journal.open(id, [], [], before)
        const found = Option.all([turn, yield* store.find(id)])
        if (Option.isSome(found)) yield* turns.stop(...found.value)
        return Option.isSome(found)
      })

      const asides = new Map<SessionId, Deferred.Deferred<void>>()

      const aside: Sessions["Service"]["aside"] = Effect.fnUntraced(function* (id, effect) {
        const stopped = yield* Deferred.make<void>()
        asides.set(id, stopped)
        return yield* workers.instead(
          id,
          Effect.raceFirst(
            Effect.asSome(effect),
            Effect.as(Deferred.await(stopped), Option.none())
          ).pipe(Effect.ensuring(Effect.sync(() => asides.delete(id))))
        )
      })

      const stop = Effect.fn("Sessions.stop")(function* (id: SessionId, before?: number) {
        const besides = asides.get(id)
        if (besides === undefined) return yield* workers.instead(id, stopNow(id, before))
        yield* Deferred.succeed(besides, undefined)
        return true
      })

      return Sessions.of({
        wake: workers.wake,
        stop,
        aside,
        running: workers.keys,
        recover: inbox.holdBacklogs.pipe(
          Effect.andThen(journal.sessionsWithWork(channels.names)),
          Effect.flatMap(Effect.forEach(workers.wake, { discard: true }))
        ),
        drain: Effect.sync(() => {
          draining = true
        }).pipe(
          Effect.andThen(workers.idle),
          Effect.timeoutOption(agent.drain_timeout),
          Effect.asVoid
        )
      })
    })
  )
}
