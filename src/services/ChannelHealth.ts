// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whether each channel that polls still hears what people say: for `/readyz`, `/status` and metrics. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { ChannelName } from "../domain/Ids.ts"
import { elapsedMillis } from "./elapsed.ts"

export type PollStatus = Data.TaggedEnum<{
  /** Polling begins. Once a poll has finished, the next must within `staleAfterMillis`. */
  Started: { readonly staleAfterMillis: number }
  /** A poll was answered; whatever was wrong is over. */
  Finished: {}
  /** A poll failed in a way that heals by itself: not ready only when polls stay away too long. */
  Stumbled: { readonly detail: string }
  /** A poll was refused: not ready until one finishes. */
  Refused: { readonly detail: string }
}>
export const PollStatus = Data.taggedEnum<PollStatus>()

interface Health {
  readonly staleAfterMillis: number
  readonly finishedAt: Option.Option<number>
  readonly trouble: Option.Option<{ readonly detail: string; readonly isRefusal: boolean }>
}

const unstarted: Health = {
  staleAfterMillis: Infinity,
  finishedAt: Option.none(),
  trouble: Option.none()
}

const after = (health: Health, status: PollStatus, now: number): Health =>
  PollStatus.$match(status, {
    Started: ({ staleAfterMillis }) => ({ ...unstarted, staleAfterMillis }),
    Finished: () => ({ ...health, finishedAt: Option.some(now), trouble: Option.none() }),
    Stumbled: ({ detail }) => ({ ...health, trouble: Option.some({ detail, isRefusal: false }) }),
    Refused: ({ detail }) => ({ ...health, trouble: Option.some({ detail, isRefusal: true }) })
  })

const problemOf = (health: Health, now: number): Option.Option<string> => {
  const detail = Option.map(health.trouble, (trouble) => trouble.detail)
  const because = Option.match(detail, { onNone: () => "", onSome: (text) => `: ${text}` })
  if (Option.exists(health.trouble, (trouble) => trouble.isRefusal)) return detail
  if (Option.isNone(health.finishedAt)) return Option.some(`no finished poll yet${because}`)
  const age = now - health.finishedAt.value
  return age <= health.staleAfterMillis
    ? Option.none()
    : Option.some(`the last finished poll was ${Math.round(age / 1000)} s ago${because}`)
}

/** How long ago a channel's last poll was answered. `None`: none has been yet. */
export interface PollAge {
  readonly channel: ChannelName
  readonly ageMillis: Option.Option<number>
}

export class ChannelHealth extends Context.Service<
  ChannelHealth,
  {
    readonly report: (channel: ChannelName, status: PollStatus) => Effect.Effect<void>
    /** What keeps channels from hearing people, a clause each; empty when all is well. */
    readonly problems: Effect.Effect<
      ReadonlyArray<{ readonly channel: ChannelName; readonly detail: string }>
    >
    /** Of every channel that polls. */
    readonly pollAges: Effect.Effect<ReadonlyArray<PollAge>>
  }
>()("blufio/services/ChannelHealth") {
  static readonly layer = Layer.effect(
    ChannelHealth,
    Effect.gen(function* () {
      const channels = yield* Ref.make<ReadonlyMap<ChannelName, Health>>(new Map())

      return ChannelHealth.of({
        report: Effect.fnUntraced(function* (channel, status) {
          const now = yield* elapsedMillis
          yield* Ref.update(channels, (known) =>
            new Map(known).set(channel, after(known.get(channel) ?? unstarted, status, now))
          )
        }),
        problems: Effect.gen(function* () {
          const now = yield* elapsedMillis
          return [...(yield* Ref.get(channels))].flatMap(([channel, health]) =>
            Option.toArray(problemOf(health, now)).map((detail) => ({ channel, detail }))
          )
        }),
        pollAges: Effect.gen(function* () {
          const now = yield* elapsedMillis
          return [...(yield* Ref.get(channels))].map(([channel, { finishedAt }]) => ({
            channel,
            ageMillis: Option.map(finishedAt, (at) => Math.max(0, now - at))
          }))
        })
      })
    })
  )
}
