// SPDX-License-Identifier: MIT OR Apache-2.0
/** Plain HTTP over a Unix socket, as any other program would speak it. */
import { request } from "node:http"

export interface Answer {
  readonly status: number
  readonly body: string
}

export const call = (
  socketPath: string,
  path: string,
  options: {
    readonly body?: unknown
    readonly raw?: string
    readonly headers?: Readonly<Record<string, string>>
  } = {}
) =>
  new Promise<Answer>((resolve, reject) => {
    const payload = options.raw ?? (options.body === undefined ? "" : JSON.stringify(options.body))
    const sent = request(
      {
        socketPath,
        path,
        method: payload === "" ? "GET" : "POST",
        headers: { "content-type": "application/json", ...options.headers }
      },
      (response) => {
        let body = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => (body += chunk))
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }))
        response.on("error", reject)
      }
    )
    sent.on("error", reject)
    sent.end(payload)
  })

/** Says something and answers with the reply. */
export const say = async (socketPath: string, text: string, session = "test") => {
  const answer = await call(socketPath, "/v1/messages", { body: { session, text } })
  return { status: answer.status, ...(JSON.parse(answer.body) as { text: string; session: string }) }
}
