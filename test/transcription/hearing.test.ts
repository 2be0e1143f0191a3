// SPDX-License-Identifier: MIT OR Apache-2.0
/** What hearing may cost: reserved before, settled after, and refused where it is not known. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { AgentName, PersonId, SessionId, TurnId } from "../../src/domain/Ids.ts"
import type { SettingsData } from "../../src/domain/Settings.ts"
import type { Turn } from "../../src/domain/Turn.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import { Ledger } from "../../src/services/Ledger.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Transcriber, TranscriptionFailed } from "../../src/services/Transcriber.ts"
import { Hearing } from "../../src/services/turn/Hearing.ts"
import { budgetOf } from "../services/budgetSupport.ts"

const turn: Turn = {
  id: TurnId.make("one"),
  session: SessionId.make("session"),
  agent: AgentName.make("main"),
  person: PersonId.make("owner"),
  purpose: "chat",
  state: "received",
  detail: "",
  question: null,
  startedAt: 0,
  finishedAt: null
}
const recording = { path: "/tmp/a.oga", mediaType: "audio/ogg" }

type Transcription = NonNullable<(typeof SettingsData.Encoded)["transcription"]>
type Answer = ReturnType<Transcriber["Service"]["transcribe"]>

const layerOf = (transcription: Transcription, answer: Answer) =>
  Hearing.layer.pipe(
    Layer.provide(
      Layer.succeed(Transcriber, { setupHint: Option.none(), transcribe: () => answer })
    ),
    Layer.provide(Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer))),
    Layer.provideMerge(
      budgetOf({ budget: { daily_usd: 1, monthly_usd: 5, per_turn_usd: 0.05 }, transcription })
    )
  )

const hear = (seconds: number | null, bytes = 0, mediaType = recording.mediaType) =>
  Effect.flatMap(Hearing, ({ hear }) => hear(turn, { ...recording, mediaType }, { seconds, bytes }))

const booked = Effect.map(
  Effect.flatMap(Ledger, (ledger) => ledger.ofTurn(turn.id)),
  (rows) =>
    rows.map(({ chargedMicros, purpose, reservedMicros, state }) => ({
      chargedMicros,
      purpose,
      reservedMicros,
      state
    }))
)
const row = (micros: number, state: string, charged = micros) => [
  { purpose: "transcription", reservedMicros: micros, chargedMicros: charged, state }
]

const remote = { url: "https://stt.example/v1", usd_per_minute: 0.006 }
const fine = Effect.succeed("hello")
const failing = (why: TranscriptionFailed["why"]) =>
  Effect.fail(new TranscriptionFailed({ why, detail: "" }))

describe("what hearing costs", () => {
  it.effect("is reserved by the recording's length and settled", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* hear(90), "hello")
      assert.deepEqual(yield* booked, row(9000, "settled"))
    }).pipe(Effect.provide(layerOf(remote, fine)))
  )

  it.effect("follows the size where no length is told", () =>
    Effect.gen(function* () {
      yield* hear(null, 120_000)
      assert.deepEqual(yield* booked, row(6000, "settled"))
    }).pipe(Effect.provide(layerOf(remote, fine)))
  )

  it.effect("is never less than its size allows, whatever length is told", () =>
    Effect.gen(function* () {
      yield* hear(1, 960_000)
      yield* hear(90, 960_000)
      yield* hear(1, 960_000, "audio/wav")
      assert.deepEqual(
        (yield* booked).map(({ reservedMicros }) => reservedMicros),
        [6000, 9000, 500]
      )
    }).pipe(Effect.provide(layerOf(remote, fine)))
  )

  it.effect("counts for a command too", () =>
    Effect.gen(function* () {
      yield* hear(60)
      assert.deepEqual(yield* booked, row(1200, "settled"))
    }).pipe(Effect.provide(layerOf({ command: ["x"], usd_per_minute: 0.0012 }, fine)))
  )

  it.effect("is nothing on this machine", () =>
    Effect.gen(function* () {
      yield* hear(60)
      assert.deepEqual(yield* booked, [])
    }).pipe(Effect.provide(layerOf({ url: "http://localhost:9000" }, fine)))
  )

  it.effect("is not known elsewhere: nothing is sent", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(hear(60))
      assert.strictEqual(error._tag, "TranscriptionFailed")
      assert.match(error.message, /usd_per_minute \(0 when it costs nothing\)/)
    }).pipe(Effect.provide(layerOf({ url: remote.url }, Effect.die("sent"))))
  )

  it.effect("beyond a cap is refused before anything is sent", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(hear(3600))
      assert.deepInclude(error, {
        _tag: "BudgetExceeded",
        window: "per_turn",
        neededMicros: 360_000
      })
      assert.deepEqual(yield* booked, [])
    }).pipe(Effect.provide(layerOf(remote, Effect.die("sent"))))
  )

  it.effect("is given back when the service refused, and kept when nobody knows", () =>
    Effect.gen(function* () {
      for (const [why, state, charged] of [
        ["Refused", "released", 0],
        ["KeyRefused", "released", 0],
        ["TooLarge", "released", 0],
        ["ServerFault", "unconfirmed", 1000],
        ["TimedOut", "unconfirmed", 1000],
        ["Unreachable", "unconfirmed", 1000],
        ["Empty", "unconfirmed", 1000]
      ] as const)
        assert.deepEqual(
          yield* Effect.andThen(Effect.flip(hear(10)), booked).pipe(
            Effect.provide(layerOf(remote, failing(why)))
          ),
          row(1000, state, charged)
        )
    })
  )

  it.effect("is kept when it is interrupted", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const hangs = Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(hear(10))
        yield* Deferred.await(asked)
        yield* Fiber.interrupt(fiber)
        assert.deepEqual(yield* booked, row(1000, "unconfirmed"))
      }).pipe(Effect.provide(layerOf(remote, hangs)))
    })
  )

  it.effect("secrets that were spoken are taken out", () =>
    Effect.gen(function* () {
      assert.notInclude(yield* hear(1), "0123456789abcdef")
    }).pipe(
      Effect.provide(
        layerOf({ command: ["x"] }, Effect.succeed("sk-ant-api03-0123456789abcdefghijklmnop"))
      )
    )
  )
})
