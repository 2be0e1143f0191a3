// SPDX-License-Identifier: MIT OR Apache-2.0
/** A service with OpenAI's way of transcribing, on loopback: strict about the form, wrong on request. */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export interface Heard {
  readonly path: string
  readonly authorization: string | undefined
  readonly model: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** `hang`: no answer at all. `reset`: the connection ends. `flood`: more and more of an answer. */
  readonly fault?: "hang" | "reset" | "flood"
}

const json = { "content-type": "application/json" }

/** What a transcript looks like. */
export const said = (text: string): Reply => ({ headers: json, body: JSON.stringify({ text }) })
export const refused = (status: number, message: string): Reply => ({
  status,
  headers: json,
  body: JSON.stringify({ error: { message, type: "invalid_request_error" } })
})

/** What is wrong with the form, or what it holds. */
const look = (form: FormData, request: Http.IncomingMessage): Omit<Heard, "bytes"> | string => {
  const { file, model, response_format: format, ...rest } = Object.fromEntries(form)
  if (request.method !== "POST") return "expected POST"
  if (Object.keys(rest).length > 0) return "unknown field"
  if (typeof model !== "string" || model === "") return "you must provide a model parameter"
  if (format !== "json" && format !== "text") return "unknown response_format"
  if (!(file instanceof File)) return "expected a file"
  if (!/\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/.test(file.name)) return "Invalid file format."
  const { authorization } = request.headers
  return { path: request.url ?? "", authorization, model, name: file.name, mediaType: file.type }
}

const bytesOf = (form: FormData): Promise<ArrayBuffer> => {
  const file = form.get("file")
  return file instanceof File ? file.arrayBuffer() : Promise.resolve(new ArrayBuffer(0))
}

const read = (request: Http.IncomingMessage, body: Buffer): Promise<Heard | string> => {
  if (Number(request.headers["content-length"]) !== body.length)
    return Promise.resolve("expected the length")
  const headers = { "content-type": request.headers["content-type"] ?? "" }
  return new Response(new Uint8Array(body), { headers }).formData().then(
    (form) => {
      const seen = look(form, request)
      return typeof seen === "string"
        ? seen
        : bytesOf(form).then((bytes) => ({ ...seen, bytes: new Uint8Array(bytes) }))
    },
    () => "expected a form"
  )
}

class FakeTranscriptionApi {
  readonly heard: Array<Heard> = []
  /** Requests whose sender went away before it had an answer. */
  abandoned = 0
  private readonly listeners = new Set<() => void>()
  private answer: (heard: Heard) => Reply = () => said("hello")
  private port = 0
  private readonly server = Http.createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    response.on("close", () => {
      if (!response.writableFinished) this.abandoned++
      this.changed()
    })
    request.on("end", () => {
      void read(request, Buffer.concat(chunks)).then((heard) => this.reply(heard, response))
    })
  })

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** From now on. */
  replies(answer: Reply | ((heard: Heard) => Reply)): void {
    this.answer = typeof answer === "function" ? answer : () => answer
  }

  waitFor<A>(look: () => A | undefined | false): Effect.Effect<A> {
    return Effect.callback<A>((resume) => {
      const check = () => {
        const found = look()
        if (found === undefined || found === false) return
        this.listeners.delete(check)
        resume(Effect.succeed(found))
      }
      this.listeners.add(check)
      check()
      return Effect.sync(() => this.listeners.delete(check))
    })
  }

  readonly goUp = Effect.callback<void>((resume) => {
    this.server.listen(0, "127.0.0.1", () => {
      this.port = (this.server.address() as AddressInfo).port
      resume(Effect.void)
    })
  })

  readonly goDown = Effect.callback<void>((resume) => {
    this.server.close(() => resume(Effect.void))
    this.server.closeAllConnections()
  })

  private changed(): void {
    for (const listener of this.listeners) listener()
  }

  private reply(heard: Heard | string, response: Http.ServerResponse): void {
    const { body, fault, headers, status } =
      typeof heard === "string" ? refused(400, heard) : this.answer(heard)
    if (typeof heard !== "string") this.heard.push(heard)
    this.changed()
    if (fault === "hang") return
    if (fault === "reset") return void response.destroy()
    response.writeHead(status ?? 200, headers)
    if (fault !== "flood") return void response.end(body)
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(64 * 1024)));
    }
    response.on("drain", more)
    more()
  }
}
export type TranscriptionApi = FakeTranscriptionApi

/** Listens until its scope closes. */
export const make = Effect.acquireRelease(
  Effect.suspend(() => {
    const fake = new FakeTranscriptionApi()
    return Effect.as(fake.goUp, fake)
  }),
  (fake) => fake.goDown
)
