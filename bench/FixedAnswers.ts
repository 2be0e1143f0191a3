// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * A Messages API that gives every request the same answer at once. The strict fake of the tests reads
 * and checks the whole conversation each time, which would be most of what is measured.
 */
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { performance } from "node:perf_hooks"

export interface Exchange {
  /** The request's headers were there. */
  readonly beganAt: number
  firstTokenAt: number
  /** The last event was handed to the socket. */
  endedAt: number
}

const words =
  "It was still early when the baker opened her door, and the street smelled of rain. ".repeat(4)
export const answer = words.trim()
/** About as much as one event of the vendor's carries. */
const pieces = answer.match(/.{1,16}/gs) ?? []

const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const usage = { input_tokens: 1000, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 }
const message = (model: string) => ({
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { ...usage, output_tokens: 1 }
})

const delta = (text: string) =>
  event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })
const opening = (model: string) =>
  event({ type: "message_start", message: message(model) }) +
  event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } })
const closing =
  event({ type: "content_block_stop", index: 0 }) +
  event({
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { ...usage, output_tokens: 80 }
  }) +
  event({ type: "message_stop" })

/** The vendor's pace between the events of an answer; zero sends all of it at once. */
export type Pace = { eventMillis: number }

/** Listens until its scope closes. `exchanges` grows by one with each request. */
export const make = Effect.gen(function* () {
  const exchanges: Array<Exchange> = []
  const pace: Pace = { eventMillis: 0 }
  const fork = Effect.runForkWith(yield* Effect.context())
  const server = createServer((request, response) => {
    const exchange = { beganAt: performance.now(), firstTokenAt: 0, endedAt: 0 }
    exchanges.push(exchange)
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { model } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly model: string }
      response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_bench" })
      response.write(opening(model))
      exchange.firstTokenAt = performance.now()
      const rest = pieces.map(delta)
      const finish = () => {
        response.end(closing)
        exchange.endedAt = performance.now()
      }
      const next = () => {
        response.write(rest.shift())
        if (rest.length === 0) finish()
        else fork(Effect.delay(Effect.sync(next), pace.eventMillis))
      }
      if (pace.eventMillis > 0) return next()
      response.write(rest.join(""))
      finish()
    })
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed((server.address() as AddressInfo).port))
      )
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
  return { url: `http://127.0.0.1:${port}`, exchanges, pace }
})

export type FixedAnswers = Effect.Success<typeof make>
