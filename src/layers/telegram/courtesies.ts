// SPDX-License-Identifier: MIT OR Apache-2.0
/** Small signs beside the conversation (👀, pairing codes, the menu): never waited for, may be lost. */
import type { TimeoutError } from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { BotApiError } from "./BotApiError.ts"

type Courtesy = Effect.Effect<void, BotApiError>
export type Offer = (courtesy: Courtesy) => Effect.Effect<boolean>

const capacity = 64
const deadline = "5 seconds"

/** Blocked or removed: that is said once, where answers are sent. */
const isRefusedThere = (error: BotApiError | TimeoutError) =>
  error._tag === "BotApiError" && error.reason._tag === "Forbidden"

/** `offer` never waits: what does not fit is dropped and logged. `serve` does them one by one. */
export const make = Effect.gen(function* () {
  const queue = yield* Queue.dropping<Courtesy>(capacity)
  /** A group that forbids reactions forbids each of them. */
  const said = new Set<string>()
  const tell = ({ message }: BotApiError | TimeoutError) =>
    Effect.suspend(() => {
      const isNew = !said.has(message) && said.size < capacity
      if (isNew) said.add(message)
      const text = `a small sign was not shown: ${message}`
      return isNew ? Effect.logWarning(text) : Effect.logDebug(text)
    })
  const serve = Queue.take(queue).pipe(
    Effect.flatMap((courtesy) =>
      courtesy.pipe(
        Effect.timeout(deadline),
        Effect.catchIf(isRefusedThere, () => Effect.void),
        Effect.catchTag(["BotApiError", "TimeoutError"], tell),
        Effect.catchDefect((defect) => Effect.logError("a small sign was not shown", defect))
      )
    ),
    Effect.forever
  )
  const offer = Effect.fnUntraced(function* (courtesy: Courtesy) {
    const isTaken = yield* Queue.offer(queue, courtesy)
    if (!isTaken) yield* Effect.logWarning("too many small signs at once: one was dropped")
    return isTaken
  })
  return { offer, serve }
})
