// SPDX-License-Identifier: MIT OR Apache-2.0
/** Hears a recording within a turn: what that may cost is reserved before, as for any model. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Price, worstCaseMicros } from "../../domain/prices.ts"
import { isLoopbackHost } from "../../domain/settings/loopback.ts"
import type { SettingsData } from "../../domain/Settings.ts"
import type { Turn } from "../../domain/Turn.ts"
import { Budget, type BudgetExceeded } from "../Budget.ts"
import { Ledger } from "../Ledger.ts"
import { Redactor } from "../Redactor.ts"
import { Settings } from "../Settings.ts"
import type { StoreError } from "../Store.ts"
import { type Recording, Transcriber, TranscriptionFailed } from "../Transcriber.ts"

const encodePrice = Schema.encodeEffect(Schema.fromJsonString(Price))

/** Where a sender says nothing of the length: at no less than 16 kbit/s. */
const bytesPerSecond = 2000

/**
 * The sender's program may tell a length that is too short: a recording of so many bytes is no
 * shorter than at the highest rate in use. 128 kbit/s for speech, 320 for music, else as WAV has.
 */
const mostBytesPerSecond: Readonly<Record<string, number>> = {
  "audio/amr": 4000,
  "audio/ogg": 16_000,
  "audio/aac": 40_000,
  "audio/mp4": 40_000,
  "audio/mpeg": 40_000
}
const mostElse = 192_000

export interface Length {
  readonly seconds: number | null
  readonly bytes: number
}

/** Whole, at least 1. */
const secondsOf = ({ bytes, seconds }: Length, mediaType: string): number => {
  const least = bytes / (mostBytesPerSecond[mediaType] ?? mostElse)
  return Math.max(1, Math.ceil(Math.max(seconds ?? bytes / bytesPerSecond, least)))
}

/** In dollars; nothing on this machine unless a person says so. */
const rateOf = ({ url, usd_per_minute }: SettingsData["transcription"]): number | undefined =>
  usd_per_minute ?? (url === "" || isLoopbackHost(new URL(url).hostname) ? 0 : undefined)

/** Counted in seconds, which stand where a model's tokens do. */
const priceOf = (usdPerMinute: number): Price => ({
  input: (usdPerMinute / 60) * 1_000_000,
  output: 0,
  cache_read: 0,
  cache_write: 0,
  cache_write_1h: 0
})

/** Nothing was worked on, so nothing is to be paid. */
const isFree = ({ why }: TranscriptionFailed) =>
  ["NotSet", "FileGone", "NotFound", "NotExecutable", "KeyRefused", "TooLarge", "Refused"].includes(
    why
  )

export class Hearing extends Context.Service<
  Hearing,
  {
    /** `None`: recordings can be heard. Else how to set that up, which needs no recording. */
    readonly setupHint: Option.Option<string>
    /** What is said in it, without secrets. */
    readonly hear: (
      turn: Turn,
      recording: Recording,
      length: Length
    ) => Effect.Effect<string, TranscriptionFailed | BudgetExceeded | StoreError>
  }
>()("blufio/services/turn/Hearing") {
  static readonly layer = Layer.effect(
    Hearing,
    Effect.gen(function* () {
      const budget = yield* Budget
      const ledger = yield* Ledger
      const redactor = yield* Redactor
      const transcriber = yield* Transcriber
      const { transcription } = yield* Settings
      const rate = rateOf(transcription)
      const hook = transcription.url === "" ? "transcription.command" : "transcription.url"

      const book = (
        id: number,
        micros: number,
        exit: Exit.Exit<string, TranscriptionFailed>
      ): Effect.Effect<void, StoreError> => {
        const none = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 }
        if (Exit.isSuccess(exit)) return ledger.settle(id, micros, none, "ok")
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        if (error === undefined) return ledger.keep(id, "interrupted")
        return isFree(error) ? ledger.release(id, error.why) : ledger.keep(id, error.why)
      }

      const paid = Effect.fnUntraced(function* (
        { agent, id: turn, person, session }: Turn,
        recording: Recording,
        seconds: number,
        usdPerMinute: number
      ) {
        const price = priceOf(usdPerMinute)
        const encoded = yield* Effect.orDie(encodePrice(price))
        const call = {
          agent,
          person,
          session,
          turn,
          step: 0,
          purpose: "transcription" as const,
          provider: "transcription",
          model: hook,
          intendedModel: hook,
          reasons: [],
          price: encoded,
          prefixHash: ""
        }
        return yield* Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            const bounds = { price, promptBound: seconds, maxOutputTokens: 1 }
            const held = yield* restore(budget.reserve(call, bounds))
            const exit = yield* Effect.exit(restore(transcriber.transcribe(recording)))
            yield* book(held.id, worstCaseMicros(price, seconds, 0), exit)
            return yield* exit
          })
        )
      })

      const hear: Hearing["Service"]["hear"] = Effect.fn("Hearing.hear")(
        function* (turn, recording, length) {
          if (rate === undefined)
            return yield* new TranscriptionFailed({ why: "NoPrice", detail: "" })
          const text =
            rate === 0
              ? yield* transcriber.transcribe(recording)
              : yield* paid(turn, recording, secondsOf(length, recording.mediaType), rate)
          return redactor.inbound(text).text
        }
      )

      return Hearing.of({ setupHint: transcriber.setupHint, hear })
    })
  )
}
