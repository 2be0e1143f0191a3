// SPDX-License-Identifier: MIT OR Apache-2.0
/** A reply that is shown while it grows, on channels whose messages can be edited. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Channel, ChannelError, Rendered } from "../Channel.ts"
import type { Address, OutboxStore } from "../OutboxStore.ts"

interface Shown {
  readonly id: number
  readonly messageId: string | null
  readonly body: string
}

/** How long the end of a turn waits for a message that is being sent; then it goes on without. */
const closeWithin = "800 millis"

/** How long to leave the chat alone after a failure that names no time. */
const pause = Duration.seconds(2)

/** How often a new reply looks whether what came before it has been said. */
const looking = Schedule.spaced("100 millis")

const pauseAfter = (error: ChannelError): Duration.Duration =>
  error.reason._tag === "RateLimited" ? Duration.millis(error.reason.retryAfterMillis) : pause

/**
 * Starts a worker and answers with the way to show more; `close` must end it. The worker lives in
 * a scope that outlives the turn, for a send that hangs must not hold up the turn's end. Only the
 * newest text is kept; a failure to show it costs nothing, for the outbox delivers the final text.
 * The first send and the storing of its id are one uninterruptible piece (invariant 2).
 */
export const open = Effect.fnUntraced(function* (
  store: OutboxStore["Service"],
  channel: Channel,
  address: Address,
  scope: Scope.Scope
) {
  if (!channel.streams || address.turn === null)
    return { show: () => Effect.void, close: Effect.void }
  let isGivenUp = false
  const latest = yield* Queue.sliding<string>(1)
  const shown: Array<Shown> = (yield* store.growing(address.turn)).map((row) => ({
    id: row.id,
    messageId: row.messageId,
    body: ""
  }))

  const send = (part: number, rendered: Rendered) =>
    Effect.gen(function* () {
      const id = shown[part]?.id ?? (yield* store.grow(address, part, rendered))
      shown[part] = { id, messageId: null, body: "" }
      const messageId = yield* channel.send({
        chat: address.chat,
        rendered,
        outboxId: id,
        inReplyTo: address.inReplyTo,
        final: false
      })
      yield* store.setMessageId(id, messageId)
      shown[part] = { id, messageId, body: rendered.body }
    }).pipe(Effect.uninterruptible)

  const showPart = Effect.fnUntraced(function* (part: number, rendered: Rendered) {
    const known = shown[part]
    if (known === undefined || known.messageId === null) return yield* send(part, rendered)
    if (known.body === rendered.body) return
    const edit = { chat: address.chat, messageId: known.messageId, rendered, final: false }
    // Given up half-way it could still arrive, and after the final text.
    yield* Effect.uninterruptible(channel.edit(edit))
    shown[part] = { ...known, body: rendered.body }
  })

  const showText = (text: string) =>
    Effect.forEach(channel.render(text, "growing"), (rendered, part) => showPart(part, rendered), {
      discard: true
    }).pipe(
      Effect.as({ pause: Duration.millis(channel.editIntervalMillis), isTooSoon: false }),
      Effect.catchTag("ChannelError", (error) => {
        const isTooSoon = error.reason._tag === "RateLimited"
        // Perhaps it was sent: once more would show it twice. The outbox has the last word.
        isGivenUp ||= error.operation === "send" && !isTooSoon
        return Effect.succeed({ pause: pauseAfter(error), isTooSoon })
      }),
      Effect.catchCause((cause) =>
        Effect.logWarning("a growing reply could not be shown", cause).pipe(
          Effect.as({ pause, isTooSoon: false })
        )
      )
    )

  /** Shows the newest text. One that came too soon is shown later, also when no more follows it. */
  const showNewest = (text: string): Effect.Effect<void> =>
    Queue.poll(latest).pipe(
      Effect.map(Option.getOrElse(() => text)),
      Effect.flatMap((newest) =>
        Effect.flatMap(showText(newest), ({ isTooSoon, pause }) =>
          Effect.andThen(Effect.sleep(pause), isTooSoon ? showNewest(newest) : Effect.void)
        )
      )
    )

  /** What was said before in this chat comes first. */
  const undisturbed = store.next(address.chat).pipe(
    Effect.repeat({ until: Option.isNone, schedule: looking }),
    Effect.catch((error) => Effect.logWarning("what waits to be said is not known", error))
  )

  const worker = yield* Queue.take(latest).pipe(
    Effect.tap(() => (shown[0]?.messageId == null ? undisturbed : Effect.void)),
    Effect.flatMap(showNewest),
    Effect.forever,
    Effect.forkIn(scope)
  )

  return {
    /** Replaces what is shown; blank text is not. */
    show: (text: string): Effect.Effect<void> =>
      isGivenUp || text.trim() === "" ? Effect.void : Effect.asVoid(Queue.offer(latest, text)),
    /**
     * Shows no more. A message that is being sent gets its id first: whoever finishes the reply
     * must find it in the row, or would send it twice.
     */
    close: Effect.asVoid(Effect.timeoutOption(Fiber.interrupt(worker), closeWithin))
  }
})

export type Draft = Effect.Success<ReturnType<typeof open>>
