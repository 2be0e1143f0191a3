// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a turn takes beyond the model's own time: as a whole, and until its first words are seen. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { request } from "node:http"
import { performance } from "node:perf_hooks"
import * as Api from "../test/support/api.ts"
import type { Artifact } from "./Artifact.ts"
import * as Served from "./Served.ts"
import * as Homes from "./homes.ts"
import { answer, type FixedAnswers } from "./FixedAnswers.ts"
import { median, spread } from "./statistics.ts"

const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const warmUp = 40
const turns = 240
/** Then a new one, so that the numbers stand for conversations of a common length. */
const perSession = 20
const streamed = 100
const pace = 5

const sessionOf = (turn: number) => `bench-${Math.floor(turn / perSession)}`

const timed = Effect.fnUntraced(function* (socket: string, model: FixedAnswers, turn: number) {
  const sentAt = performance.now()
  const { text } = yield* Api.say(socket, `Say something: ${turn}`, sessionOf(turn))
  const repliedAt = performance.now()
  if (text !== answer) return yield* Effect.die(`not the fixed answer: ${text}`)
  const { beganAt, endedAt } = model.exchanges.at(-1)!
  return {
    added: repliedAt - sentAt - (endedAt - beganAt),
    before: beganAt - sentAt,
    after: repliedAt - endedAt,
    model: endedAt - beganAt
  }
})

/** When the first `delta` of the answer arrives, and when the answer is over. */
const firstDelta = (socketPath: string, session: string) =>
  Effect.callback<number>((resume) => {
    const sent = request(
      {
        socketPath,
        path: "/v1/messages",
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" }
      },
      (response) => {
        let body = ""
        let at = Number.NaN
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => {
          body += chunk
          if (Number.isNaN(at) && body.includes("event: delta")) at = performance.now()
        })
        response.on("close", () =>
          resume(body.includes("event: done") ? Effect.succeed(at) : Effect.die(body))
        )
      }
    )
    sent.on("error", (error) => resume(Effect.die(error)))
    sent.end(printJson({ session, text: "Say something." }))
    return Effect.sync(() => sent.destroy())
  })

export const turnLatency = Effect.fnUntraced(function* (artifact: Artifact) {
  yield* Console.error(`turns: ${artifact.name}`)
  const { home, model } = yield* Homes.local
  const { pid, socket } = yield* Served.start(artifact, home)
  const one = (turn: number) => timed(socket, model, turn)
  const all = Array.from({ length: warmUp + turns }, (_, turn) => turn)
  yield* Effect.forEach(all.slice(0, warmUp), one)
  const usedBefore = Served.cpuMillis(pid)
  const counted = yield* Effect.forEach(all.slice(warmUp), one)
  const used = Served.cpuMillis(pid) - usedBefore

  model.pace.eventMillis = pace
  const tokens = yield* Effect.forEach(Array.from({ length: streamed }).keys(), (turn) =>
    Effect.map(
      firstDelta(socket, `stream-${sessionOf(turn)}`),
      (at) => at - model.exchanges.at(-1)!.firstTokenAt
    )
  )
  return {
    added_per_turn_ms: spread(counted.map(({ added }) => added)),
    /** Of which: until the request is at the model, and from the model's last event to the reply. */
    before_model_ms: spread(counted.map(({ before }) => before)),
    after_model_ms: spread(counted.map(({ after }) => after)),
    cpu_per_turn_ms: median([used / turns]),
    /** Taken off above. */
    fake_model_ms: spread(counted.map(({ model }) => model)),
    first_token_ms: spread(tokens)
  }
}, Effect.scoped)
