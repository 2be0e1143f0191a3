// SPDX-License-Identifier: MIT OR Apache-2.0
/** One form with a file in it, streamed from the disk; nothing is followed, the answer is bounded. */
import * as Effect from "effect/Effect"
import { createReadStream } from "node:fs"
import * as http from "node:http"
import * as https from "node:https"
import { TranscriptionFailed } from "../../services/Transcriber.ts"
import { reasonOf } from "../egress/hop.ts"
import { mostBytes, spokenMost } from "./limits.ts"

export interface Form {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
  readonly file: {
    readonly path: string
    readonly size: number
    readonly name: string
    readonly mediaType: string
  }
  readonly boundary: string
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
}

const failed = (why: TranscriptionFailed["why"], detail: string) =>
  Effect.fail(new TranscriptionFailed({ why, detail }))

const partsAround = ({ boundary, fields, file }: Form) => {
  const head = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  )
  const fileHead =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\n` +
    `Content-Type: ${file.mediaType}\r\n\r\n`
  return {
    before: Buffer.from([...head, fileHead].join("")),
    after: Buffer.from(`\r\n--${boundary}--\r\n`)
  }
}

/** Interruption closes the connection. */
export const post = (form: Form) =>
  Effect.callback<Answer, TranscriptionFailed>((resume) => {
    const { after, before } = partsAround(form)
    const file = createReadStream(form.file.path, { end: Math.max(0, form.file.size - 1) })
    const sent = (form.url.startsWith("https:") ? https : http).request(form.url, {
      method: "POST",
      agent: false,
      headers: {
        accept: "application/json, text/plain",
        ...form.headers,
        "content-type": `multipart/form-data; boundary=${form.boundary}`,
        "content-length": before.length + form.file.size + after.length
      }
    })
    const end = (result: Effect.Effect<Answer, TranscriptionFailed>) => {
      resume(result)
      file.destroy()
      sent.destroy()
    }
    sent.on("response", (response) => {
      const chunks: Array<Buffer> = []
      let length = 0
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length > mostBytes) end(failed("TooMuch", spokenMost))
      })
      response.on("end", () =>
        end(
          Effect.succeed({
            status: response.statusCode ?? 0,
            contentType: response.headers["content-type"] ?? "",
            body: Buffer.concat(chunks)
          })
        )
      )
      response.on("error", () => end(failed("Unreachable", "its answer broke off")))
    })
    sent.on("error", (error: NodeJS.ErrnoException) => end(failed("Unreachable", reasonOf(error))))
    file.on("error", () => end(failed("FileGone", "")))
    file.on("end", () => sent.end(after))
    sent.write(before)
    file.pipe(sent, { end: false })
    return Effect.sync(() => {
      file.destroy()
      sent.destroy()
    })
  })
