// SPDX-License-Identifier: MIT OR Apache-2.0
/** Brings one file from its channel into the workspace, within limits of size and time. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { mostFetched, mostImage } from "../../domain/files/limits.ts"
import { spokenSize } from "../../domain/files/words.ts"
import type { Attachment } from "../../domain/Message.ts"
import { type Channel, FetchFailed } from "../Channel.ts"
import type { Saved, Workspace, WorkspaceFailed } from "../Workspace.ts"

/** One try at one file, from the first byte to the last. */
const fetchWithin = Duration.minutes(2)
/** After a failure that may pass. */
const retries = Schedule.exponential("1 second", 3).pipe(Schedule.upTo({ times: 2 }))

/** Is over once it has brought more than that. */
const limited = (bytes: Stream.Stream<Uint8Array, FetchFailed>, most: number) =>
  Stream.suspend(() => {
    let size = 0
    return Stream.mapEffect(bytes, (chunk) => {
      size += chunk.length
      return size > most
        ? Effect.fail(new FetchFailed({ why: "too-large", detail: "more bytes than told" }))
        : Effect.succeed(chunk)
    })
  })

const again = "Send it again."

/** For the person and for the model: what is wrong, and what to do. */
export const sentence = (error: FetchFailed | WorkspaceFailed, most: number): string => {
  if (error._tag === "WorkspaceFailed")
    return `It could not be saved (${error.detail}). See that the workspace can be written to, then send it again.`
  switch (error.why) {
    case "too-large":
      return `It is larger than ${spokenSize(most)}, the most that I can fetch. Send a smaller one.`
    case "gone":
      return `It is not there to be fetched any more. ${again}`
    case "kept-by-server":
      return "The Bot API server at telegram.api_root keeps files to itself: run it without --local, then send it again."
    case "refused":
    case "unreachable":
      return `It could not be fetched (${error.detail}). ${again}`
  }
}

type Fetch = NonNullable<Channel["fetch"]>
type Receive = Workspace["Service"]["receive"]

const attempt = (receive: Receive, fetch: Fetch, ref: string, most: number, day: string) =>
  receive(limited(fetch(ref, most), most), day).pipe(
    Effect.timeoutOrElse({
      duration: fetchWithin,
      orElse: () => Effect.fail(new FetchFailed({ why: "unreachable", detail: "it took too long" }))
    }),
    Effect.retry({
      schedule: retries,
      while: (error) => error._tag === "FetchFailed" && error.why === "unreachable"
    })
  )

/**
 * Of a photo's sizes the first that is small enough. Where nothing can be had: what to tell the person.
 * `day`: stands in the name.
 */
export const fetchFile = Effect.fnUntraced(function* (
  { receive }: Workspace["Service"],
  channel: Channel | undefined,
  { kind, sources }: Attachment,
  day: string
): Effect.fn.Return<Result.Result<Saved, string>> {
  if (channel?.fetch === undefined)
    return Result.fail("Files do not come through this channel. Send it in words.")
  const most = kind === "photo" ? mostImage : mostFetched
  let problem = ""
  for (const { ref } of sources) {
    const saved = yield* Effect.result(attempt(receive, channel.fetch, ref, most, day))
    if (Result.isSuccess(saved)) return Result.succeed(saved.success)
    const { failure } = saved
    yield* Effect.logWarning(failure.message).pipe(Effect.annotateLogs({ kind }))
    problem = sentence(failure, most)
    if (failure._tag === "WorkspaceFailed" || failure.why !== "too-large") break
  }
  return Result.fail(problem)
})
