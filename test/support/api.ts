// SPDX-License-Identifier: MIT OR Apache-2.0
/** Plain HTTP over a Unix socket, as any other program would speak it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type IncomingHttpHeaders, request, type RequestOptions } from "node:http"

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export interface CallOptions {
  readonly body?: unknown
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
}

const encodeJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

/** GET, or POST when there is a body. Interruption hangs up. A cut connection has status 0. */
const send = (door: RequestOptions, path: string, options: CallOptions) =>
  Effect.callback<Answer>((resume) => {
    const payload = options.raw ?? (options.body === undefined ? "" : encodeJson(options.body))
    const sent = request(
      {
        ...door,
        path,
        method: options.method ?? (payload === "" ? "GET" : "POST"),
        headers: { "content-type": "application/json", ...options.headers }
      },
      (response) => {
        let body = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => (body += chunk))
        response.on("close", () =>
          resume(
            Effect.succeed({ status: response.statusCode ?? 0, body, headers: response.headers })
          )
        )
      }
    )
    sent.on("error", (error) =>
      resume(Effect.succeed({ status: 0, body: error.message, headers: {} }))
    )
    sent.end(payload)
    return Effect.sync(() => sent.destroy())
  })

/** Over the socket. */
export const call = (socketPath: string, path: string, options: CallOptions = {}) =>
  send({ socketPath }, path, options)

/** Over the gateway's port; `key` is what stands behind `Bearer`. */
export const callPort = (
  port: string,
  path: string,
  { key, ...options }: CallOptions & { readonly key?: string } = {}
) =>
  send({ host: "127.0.0.1", port, agent: false }, path, {
    ...options,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...options.headers
    }
  })

const decodeReply = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ session: Schema.String, text: Schema.String }))
)

/** Says something and answers with the reply; dies when it is refused. */
export const say = (socketPath: string, text: string, session = "test") =>
  call(socketPath, "/v1/messages", { body: { session, text } }).pipe(
    Effect.flatMap(({ body }) => decodeReply(body)),
    Effect.orDie
  )
