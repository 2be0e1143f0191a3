// SPDX-License-Identifier: MIT OR Apache-2.0
/** `transcription.url`: what goes out, and whatever may come back instead of a transcript. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { addressOf } from "../../src/layers/transcription/service.ts"
import * as TranscriptionApi from "../fakes/TranscriptionApi.ts"
import { directory, hook, recording } from "./support.ts"

const key = "whisper-key-0123456789"

const start = Effect.fnUntraced(function* (options: { readonly key?: string } = {}) {
  const dir = yield* directory
  const api = yield* TranscriptionApi.make
  const { transcribe } = yield* hook({ url: api.url, timeout: "20 seconds" }, options)
  return { api, dir, transcribe }
})

describe("the address of a service", () => {
  it.each([
    ["http://127.0.0.1:9000", "http://127.0.0.1:9000/v1/audio/transcriptions"],
    ["http://127.0.0.1:9000/", "http://127.0.0.1:9000/v1/audio/transcriptions"],
    ["https://a.example/v1", "https://a.example/v1/audio/transcriptions"],
    ["https://a.example/openai/v1/?x=1", "https://a.example/openai/v1/audio/transcriptions?x=1"],
    ["https://a.example/v1/audio/transcriptions", "https://a.example/v1/audio/transcriptions"],
    ["http://localhost:8080/inference", "http://localhost:8080/inference"]
  ])("%s leads to %s", (url, address) => {
    assert.strictEqual(addressOf(url), address)
  })
})

describe("transcription.url", () => {
  it.live("gets the recording as a form, with the key when there is one", () =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start({ key })
      const bytes = "OggS".repeat(50_000)
      assert.strictEqual(
        yield* transcribe(recording(dir, bytes, "audio/ogg; codecs=opus")),
        "hello"
      )
      const [heard] = api.heard
      assert.deepInclude(heard, {
        path: "/v1/audio/transcriptions",
        authorization: `Bearer ${key}`,
        model: "whisper-1",
        name: "recording.ogg",
        mediaType: "audio/ogg"
      })
      assert.strictEqual(Buffer.from(heard!.bytes).toString(), bytes)
    })
  )

  it.live("gets no key when none is known", () =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start()
      yield* transcribe(recording(dir))
      assert.isUndefined(api.heard[0]?.authorization)
    })
  )

  const named: ReadonlyArray<[string, string, string]> = [
    ["audio/mpeg", "recording.mp3", "audio/mpeg"],
    ["video/mp4", "recording.mp4", "video/mp4"],
    ["audio/x-m4a", "recording.m4a", "audio/x-m4a"],
    ["text/html\r\nx: y", "recording.ogg", "application/octet-stream"]
  ]
  it.live.each(named)("a recording of type %j is called %s", ([type, name, mediaType]) =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start()
      yield* transcribe(recording(dir, "bytes", type))
      assert.deepInclude(api.heard[0], { name, mediaType })
    })
  )

  const cases: ReadonlyArray<[string, TranscriptionApi.Reply, string, RegExp]> = [
    ["401", TranscriptionApi.refused(401, `bad key ${key}`), "KeyRefused", /secret set TRANSCRIPT/],
    ["413", TranscriptionApi.refused(413, "too large"), "TooLarge", /Send a shorter one/],
    [
      "422",
      TranscriptionApi.refused(422, `no, ${key}`),
      "Refused",
      /HTTP 422, no, \[TRANSCRIPTION_/
    ],
    [
      "429",
      TranscriptionApi.refused(429, "slow down"),
      "ServerFault",
      /\(HTTP 429\)\. Wait a while/
    ],
    ["502", { status: 502, body: "<html>Bad Gateway</html>" }, "ServerFault", /HTTP 502/],
    [
      "a page",
      { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
      "NoTranscript",
      /no transcript \(HTTP 200, text\/html\)/
    ],
    ["half of the JSON", { body: '{"text":"hel' }, "NoTranscript", /HTTP 200/],
    ["other JSON", { body: '{"words":[]}' }, "NoTranscript", /HTTP 200/],
    ["no UTF-8", { body: new Uint8Array([0xff, 0xfe, 0x7b]) }, "NoTranscript", /HTTP 200/],
    ["an empty transcript", TranscriptionApi.said(" \n"), "Empty", /Nothing was understood/],
    ["megabytes", { fault: "flood" }, "TooMuch", /longer than 256 KiB/],
    ["a closed connection", { fault: "reset" }, "Unreachable", /it closed the connection/]
  ]

  it.live.each(cases)("%s: told", ([, reply, why, message]) =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start({ key })
      api.replies(reply)
      const error = yield* Effect.flip(transcribe(recording(dir)))
      assert.strictEqual(error.why, why)
      assert.match(error.message, message)
      assert.notInclude(error.message, key)
    })
  )

  it.live("takes plain text as well", () =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start()
      api.replies({ headers: { "content-type": "text/plain; charset=utf-8" }, body: "Grüß dich\n" })
      assert.strictEqual(yield* transcribe(recording(dir)), "Grüß dich")
    })
  )

  it.live.each([301, 302, 307, 308])("is not followed elsewhere with the key (%d)", (status) =>
    Effect.gen(function* () {
      const { api, dir, transcribe } = yield* start({ key })
      const elsewhere = yield* TranscriptionApi.make
      api.replies({ status, headers: { location: `${elsewhere.url}/v1/audio/transcriptions` } })
      const error = yield* Effect.flip(transcribe(recording(dir)))
      assert.strictEqual(error.why, "NoTranscript")
      assert.match(error.message, /points elsewhere/)
      assert.isEmpty(elsewhere.heard)
    })
  )

  it.live("that does not answer is given up, and left alone when interrupted", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const api = yield* TranscriptionApi.make
      api.replies({ fault: "hang" })
      const quick = yield* hook({ url: api.url, timeout: "300 millis" })
      const error = yield* Effect.flip(quick.transcribe(recording(dir)))
      assert.strictEqual(error.why, "TimedOut")
      yield* api.waitFor(() => api.abandoned === 1)
      const slow = yield* hook({ url: api.url })
      const fiber = yield* Effect.forkChild(slow.transcribe(recording(dir)))
      yield* api.waitFor(() => api.heard.length === 2)
      yield* Fiber.interrupt(fiber)
      yield* api.waitFor(() => api.abandoned === 2)
    })
  )

  it.live("that nobody serves is told of, and so is a recording that is gone", () =>
    Effect.gen(function* () {
      const dir = yield* directory
      const server = Http.createServer()
      const port = yield* Effect.callback<number>((resume) => {
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          server.close(() => resume(Effect.succeed(port)))
        })
      })
      const nobody = yield* hook({ url: `http://127.0.0.1:${port}` })
      const error = yield* Effect.flip(nobody.transcribe(recording(dir)))
      assert.match(error.message, /cannot be reached: nobody listens on this port\. Start it/)
      const { transcribe } = yield* start()
      const path = `${dir}/gone.oga`
      const gone = yield* Effect.flip(transcribe({ path, mediaType: "audio/ogg" }))
      assert.strictEqual(gone.why, "FileGone")
    })
  )
})
