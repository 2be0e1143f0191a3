// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Telegram's limits on sends and edits, kept before Telegram has to refuse, and its refusals: a
 * call that comes too soon is told how long to wait. No stretch of time, wherever it begins, holds
 * more calls than its limit.
 */
import * as Effect from "effect/Effect"
import { ChannelError, RateLimited } from "../../services/Channel.ts"
import { elapsedMillis } from "../../services/elapsed.ts"
import { channelName } from "./channelName.ts"

/** `most` calls in `span` milliseconds; those for replies that still grow are `growing` at most. */
interface Limit {
  readonly most: number
  readonly growing: number
  readonly span: number
}

/** One call. Telegram counts it between its start and its end, so it counts here for both. */
interface Place {
  readonly isGrowing: boolean
  /** Not there while the call is under way. */
  end?: number
}

const wholeBot: Limit = { most: 28, growing: 20, span: 1050 }
const group: Limit = { most: 20, growing: 12, span: 60_100 }
/** In intervals of the chat; a little over three, for clocks differ. */
const burst: Limit = { most: 3, growing: 2, span: 3.05 }

/** After a refusal a chat's growing replies are slow for this long, and so slow; in intervals. */
const slowFor = 60
const slowPause = 5

const placesLeft = (places: ReadonlyArray<Place>, span: number, now: number) =>
  places.map(({ end = now }) => end + span - now).filter((left) => left > 0)

/** How long until one call more keeps to the limit. */
const waitFor = (places: ReadonlyArray<Place>, limit: Limit, isGrowing: boolean, now: number) => {
  const until = (taken: ReadonlyArray<Place>, most: number): number =>
    placesLeft(taken, limit.span, now).toSorted((a, b) => b - a)[most - 1] ?? 0
  const spare = isGrowing
    ? until(
        places.filter((place) => place.isGrowing),
        limit.growing
      )
    : 0
  return Math.max(until(places, limit.most), spare)
}

export interface Options {
  /** Milliseconds from call to call to one chat, on average; up to three may come at once. */
  readonly chatInterval: number
}

export const make = ({ chatInterval }: Options) => {
  const chat: Limit = { ...burst, span: burst.span * chatInterval }
  const slow = slowPause * chatInterval
  // Each is emptied of what no longer counts; the limit of the whole bot bounds the rest.
  const calls = new Map<string, ReadonlyArray<Place>>()
  const pausedUntil = new Map<string, number>()
  const slowUntil = new Map<string, number>()

  const limitsOf = (id: string) => (id.startsWith("-") ? [chat, group] : [chat])
  const longest = (id: string) =>
    Math.max(wholeBot.span, slow, ...limitsOf(id).map(({ span }) => span))

  const forgetOld = (now: number) => {
    for (const [id, places] of calls) {
      const left = places.filter(({ end = now }) => end + longest(id) > now)
      if (left.length === 0) calls.delete(id)
      else calls.set(id, left)
    }
    for (const times of [pausedUntil, slowUntil])
      for (const [id, until] of times) if (until <= now) times.delete(id)
  }

  const waitOf = (id: string, isGrowing: boolean, now: number): number => {
    const places = calls.get(id) ?? []
    const isSlow = isGrowing && slowUntil.has(id)
    return Math.max(
      (pausedUntil.get(id) ?? 0) - now,
      isSlow ? Math.max(0, ...placesLeft(places, slow, now)) : 0,
      waitFor([...calls.values()].flat(), wholeBot, isGrowing, now),
      ...limitsOf(id).map((limit) => waitFor(places, limit, isGrowing, now))
    )
  }

  const refused = (id: string, retryAfterMillis: number) =>
    Effect.map(elapsedMillis, (now) => {
      pausedUntil.set(id, now + retryAfterMillis)
      slowUntil.set(id, now + retryAfterMillis + slowFor * chatInterval)
    })

  /** Makes a call that counts, even when it is one too many: it must follow what came before. */
  const counted = <A, E>(id: string, isGrowing: boolean, call: Effect.Effect<A, E>) =>
    Effect.suspend(() => {
      const place: Place = { isGrowing }
      calls.set(id, [...(calls.get(id) ?? []), place])
      const end = Effect.map(elapsedMillis, (now) => void (place.end = now))
      return Effect.ensuring(call, end)
    })

  /** Makes a call, or fails at once with `RateLimited`. */
  const kept = Effect.fnUntraced(function* <A>(
    id: string,
    operation: string,
    isGrowing: boolean,
    call: Effect.Effect<A, ChannelError>
  ) {
    const now = yield* elapsedMillis
    forgetOld(now)
    const retryAfterMillis = waitOf(id, isGrowing, now)
    if (retryAfterMillis > 0) {
      const reason = new RateLimited({ retryAfterMillis })
      return yield* new ChannelError({ channel: channelName, operation, reason })
    }
    return yield* Effect.tapError(counted(id, isGrowing, call), ({ reason }) =>
      reason._tag === "RateLimited" ? refused(id, reason.retryAfterMillis) : Effect.void
    )
  })

  return { counted, kept }
}
