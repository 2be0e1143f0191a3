// SPDX-License-Identifier: MIT OR Apache-2.0
/** Transcribes with a service that has OpenAI's way of it: the owner chose the address. */
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { oneLine } from "../../domain/printable.ts"
import { transcriptionKey } from "../../domain/secretName.ts"
import { Secrets } from "../../services/Secrets.ts"
import { type Recording, TranscriptionFailed } from "../../services/Transcriber.ts"
import { decodeUtf8 } from "./limits.ts"
import { type Answer, post } from "./post.ts"

const method = "audio/transcriptions"

/** A bare host or one that ends in a version gets the rest of OpenAI's path; any other stays. */
export const addressOf = (url: string): string => {
  const address = new URL(url)
  const path = address.pathname.replace(/\/+$/, "")
  if (path === "") address.pathname = `/v1/${method}`
  else if (/\/v\d+$/.test(path)) address.pathname = `${path}/${method}`
  return address.href
}

/** Services tell the format by the name's ending. */
const endings: Readonly<Record<string, string>> = {
  "audio/ogg": "ogg",
  "audio/opus": "ogg",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/mp4": "m4a",
  "audio/m4a": "m4a",
  "audio/x-m4a": "m4a",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/webm": "webm",
  "video/webm": "webm",
  "video/mp4": "mp4"
}

const decodeTranscript = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ text: Schema.String }))
)
const decodeFault = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({
      error: Schema.Union([Schema.String, Schema.Struct({ message: Schema.String })])
    })
  )
)

const faultOf = (body: string): string =>
  Option.match(decodeFault(body), {
    onNone: () => "",
    onSome: ({ error }) => oneLine(typeof error === "string" ? error : error.message).slice(0, 300)
  })

const failed = (why: TranscriptionFailed["why"], detail: string) =>
  Effect.fail(new TranscriptionFailed({ why, detail }))

const understand = ({ body, contentType, status }: Answer) => {
  const code = `HTTP ${status}`
  const text = decodeUtf8(body) ?? ""
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? ""
  if (status === 401 || status === 403) return failed("KeyRefused", code)
  if (status === 413) return failed("TooLarge", code)
  if (status === 408 || status === 429 || status >= 500) return failed("ServerFault", code)
  if (status >= 300 && status < 400)
    return failed("NoTranscript", `${code}: it points elsewhere, where I do not follow`)
  if (status >= 400) {
    const fault = faultOf(text)
    return failed("Refused", fault === "" ? code : `${code}, ${fault}`)
  }
  if (type === "text/plain") return Effect.succeed(text)
  return Option.match(decodeTranscript(text), {
    onNone: () => failed("NoTranscript", type === "" ? code : `${code}, ${type.slice(0, 100)}`),
    onSome: ({ text }) => Effect.succeed(text)
  })
}

export const make = Effect.fnUntraced(function* (url: string) {
  const fs = yield* FileSystem.FileSystem
  const random = yield* SecureRandom
  const secrets = yield* Secrets
  const address = addressOf(url)

  return Effect.fn("transcription.url")(function* ({ mediaType, path }: Recording) {
    const info = yield* Effect.mapError(
      fs.stat(path),
      () => new TranscriptionFailed({ why: "FileGone", detail: "" })
    )
    if (info.size === 0n) return yield* failed("Empty", "")
    const type = mediaType.toLowerCase().split(";")[0]?.trim() ?? ""
    const key = yield* secrets.get(transcriptionKey)
    const answer = yield* post({
      url: address,
      headers: Option.match(key, {
        onNone: () => ({}),
        onSome: (key) => ({ authorization: `Bearer ${Redacted.value(key)}` })
      }),
      fields: { model: "whisper-1", response_format: "json" },
      file: {
        path,
        size: Number(info.size),
        name: `recording.${endings[type] ?? "ogg"}`,
        mediaType: type in endings ? type : "application/octet-stream"
      },
      boundary: `blufio-${Hex.encode(yield* random.randomBytes(16))}`
    })
    return yield* understand(answer)
  })
})
