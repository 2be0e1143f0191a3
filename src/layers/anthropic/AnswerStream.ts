// SPDX-License-Identifier: MIT OR Apache-2.0
/** The body of a streamed answer, read as response parts until it is complete, broken or silent. */
import type * as AiError from "effect/ai/AiError"
import type * as Response from "effect/ai/Response"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Failure from "./Failure.ts"
import * as ResponseParts from "./ResponseParts.ts"
import * as WireEvent from "./WireEvent.ts"

/** An answer that says nothing for so long, not even a `ping`, is given up. */
const silenceLimit = "90 seconds"

const drainLimit = "1 second"

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>

/** Turns bytes into the data of complete server-sent events. */
const makeDecoder = () => {
  const text = new TextDecoder()
  let data: Array<string> = []
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event") data.push(event.data)
  })
  return (bytes: Uint8Array) => {
    data = []
    const tooLarge = parser.feed(text.decode(bytes, { stream: true }))
    return tooLarge === undefined
      ? Effect.succeed(data)
      : Effect.fail(Failure.brokenOff("an event is too large"))
  }
}

/** Reads one answer. Fails unless the vendor said that it is complete. */
export const parts = (options: {
  readonly body: ReadableStream<Uint8Array>
  readonly model: string
  readonly origin: Failure.Origin
}): Stream.Stream<Response.StreamPartEncoded, AiError.AiError> =>
  Stream.suspend(() => {
    const reader = options.body.getReader()
    const decode = makeDecoder()
    let state = ResponseParts.initial(options.model)
    let broken = Option.none<AiError.AiError>()

    const read = Effect.tryPromise({
      try: (): Promise<Chunk> => reader.read(),
      catch: () => Failure.network(options.origin, "the connection broke in mid-answer")
    }).pipe(
      Effect.timeoutOrElse({
        duration: silenceLimit,
        orElse: () => Effect.fail(Failure.network(options.origin, "the answer fell silent"))
      })
    )

    const advance = Effect.fnUntraced(function* (data: string) {
      const event = yield* WireEvent.decode(data).pipe(
        Effect.mapError(() => Failure.brokenOff("an event is not readable"))
      )
      if (Option.isNone(event)) return []
      if (event.value.type === "error") {
        return yield* Failure.fromErrorEvent(options.origin, event.value.error)
      }
      const [next, emitted] = ResponseParts.step(state, event.value)
      state = next
      return emitted
    })

    /** What came before a failure is still handed on; the failure follows it. */
    const advanceAll = Effect.fnUntraced(function* (events: ReadonlyArray<string>) {
      const emitted: Array<Response.StreamPartEncoded> = []
      for (const data of events) {
        const result = yield* Effect.result(advance(data))
        if (Result.isFailure(result)) {
          broken = Option.some(result.failure)
          break
        }
        emitted.push(...result.success)
      }
      return emitted
    })

    /** Reads to the end of the body so that the connection can be used again. Nothing depends on it. */
    const drain = read.pipe(
      Effect.repeat({ until: (chunk) => chunk.done }),
      Effect.timeoutOption(drainLimit),
      Effect.tap((ended) =>
        Option.isSome(ended) ? Effect.void : Effect.tryPromise(() => reader.cancel())
      ),
      Effect.ignore
    )

    const pull: Effect.Effect<
      Arr.NonEmptyReadonlyArray<Response.StreamPartEncoded>,
      AiError.AiError | Cause.Done
    > = Effect.gen(function* () {
      while (!state.finished) {
        if (Option.isSome(broken)) return yield* broken.value
        const chunk = yield* read
        if (chunk.done) return yield* Failure.brokenOff("the answer ended before it was complete")
        const emitted = yield* advanceAll(yield* decode(chunk.value))
        if (Arr.isReadonlyArrayNonEmpty(emitted)) return emitted
      }
      yield* drain
      return yield* Cause.done()
    })

    return Stream.fromPull(Effect.succeed(pull))
  })
