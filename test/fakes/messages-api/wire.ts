// SPDX-License-Identifier: MIT OR Apache-2.0
/** The bytes of one exchange with the fake: reading the request, sending, resetting, hanging. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Http from "node:http"
import type { Answer, Event } from "./answer.ts"
import * as Json from "./json.ts"
import type { Fault, Reply } from "./Reply.ts"

export interface Exchange {
  readonly ordinal: number
  readonly method: string
  readonly path: string
  readonly key: string
  readonly version: string
  readonly request: Http.IncomingMessage
  readonly response: Http.ServerResponse
}

const header = (request: Http.IncomingMessage, name: string): string =>
  String(request.headers[name] ?? "")

export const exchange = (
  ordinal: number,
  request: Http.IncomingMessage,
  response: Http.ServerResponse
): Exchange => ({
  ordinal,
  method: request.method ?? "",
  path: (request.url ?? "").split("?")[0]!,
  key: header(request, "x-api-key") || header(request, "authorization").replace(/^Bearer /i, ""),
  version: header(request, "anthropic-version"),
  request,
  response
})

/** `None` when the body is larger than allowed. */
export const readBody = ({ request }: Exchange, limit: number) =>
  Effect.callback<Option.Option<unknown>>((resume) => {
    const chunks: Array<Buffer> = []
    let bytes = 0
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= limit) chunks.push(chunk)
    })
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8")
      resume(
        Effect.succeed(
          bytes > limit ? Option.none() : Option.some(text === "" ? {} : Json.decode(text))
        )
      )
    })
  })

/** Ends when the client has gone before the answer was complete; otherwise never. */
export const abandoned = ({ response }: Exchange) =>
  Effect.callback<void>((resume) => {
    response.on("close", () => {
      if (!response.writableFinished) resume(Effect.void)
    })
  })

export const sendJson = ({ ordinal, response }: Exchange, status: number, body: unknown) =>
  Effect.sync(() => {
    response.writeHead(status, {
      "content-type": "application/json",
      "request-id": `req_${ordinal}`
    })
    response.end(Json.encode(body))
  })

export const sendError = (
  exchange: Exchange,
  fault: Omit<Extract<Fault, { kind: "status" }>, "kind">
) =>
  Effect.andThen(
    Effect.sync(() => {
      for (const [name, value] of Object.entries(fault.headers)) {
        exchange.response.setHeader(name, value)
      }
    }),
    sendJson(exchange, fault.status, {
      type: "error",
      error: { type: fault.type, message: fault.message },
      request_id: `req_${exchange.ordinal}`
    })
  )

const reset = ({ request }: Exchange) =>
  Effect.sync(() => {
    request.socket.resetAndDestroy()
  })

const sendEvent = ({ response }: Exchange, { data, name }: Event) =>
  Effect.callback<void>((resume) => {
    response.write(`event: ${name}\ndata: ${Json.encode(data)}\n\n`, () => resume(Effect.void))
  })

const sendEvents = (exchange: Exchange, events: ReadonlyArray<Event>, reply: Reply) =>
  Effect.forEach(
    events,
    (event, index) =>
      sendEvent(exchange, event).pipe(
        Effect.andThen(Effect.sleep(reply.eventDelayMillis ?? 0)),
        Effect.andThen(
          index + 1 === Math.ceil(events.length / 2) && reply.atHalf !== undefined
            ? reply.atHalf
            : Effect.void
        )
      ),
    { discard: true }
  )

const openStream = ({ ordinal, response }: Exchange) =>
  Effect.sync(() => {
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "request-id": `req_${ordinal}`
    })
    response.flushHeaders()
  })

const close = ({ response }: Exchange) => Effect.sync(() => void response.end())

/** Whether the exchange goes on to its headers. */
const beforeHeaders = (exchange: Exchange, fault: Fault | undefined): Effect.Effect<boolean> => {
  if (fault?.kind === "hang-before-headers") return Effect.never
  return fault?.kind === "reset-before-headers"
    ? Effect.as(reset(exchange), false)
    : Effect.succeed(true)
}

const breakOff = (exchange: Exchange, fault: Fault) => {
  switch (fault.kind) {
    case "error-event": {
      const { message, type } = fault
      const data = { type: "error", error: { type, message } }
      return Effect.andThen(sendEvent(exchange, { name: "error", data }), close(exchange))
    }
    case "reset-mid-stream":
      return reset(exchange)
    case "truncated":
      return close(exchange)
    default:
      return Effect.never
  }
}

/** Enough of the message to have its start and some of its first block on the way. */
const eventsBeforeFault = 4

export const sendStream = Effect.fnUntraced(function* (
  exchange: Exchange,
  reply: Reply,
  answer: Answer
) {
  const { fault } = reply
  if (!(yield* beforeHeaders(exchange, fault))) return
  yield* openStream(exchange)
  if (fault?.kind === "hang-after-headers") return yield* Effect.never
  const events =
    fault === undefined
      ? answer.events
      : answer.events.slice(0, reply.eventsBeforeFault ?? eventsBeforeFault)
  yield* sendEvents(exchange, events, reply)
  yield* fault === undefined ? close(exchange) : breakOff(exchange, fault)
})

export const sendWhole = Effect.fnUntraced(function* (
  exchange: Exchange,
  reply: Reply,
  answer: Answer
) {
  if (!(yield* beforeHeaders(exchange, reply.fault))) return
  yield* reply.fault === undefined ? sendJson(exchange, 200, answer.message) : reset(exchange)
})
