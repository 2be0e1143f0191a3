// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: turns a recording into text, by the hook that the owner set under [transcription]. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export interface Recording {
  /** Where its bytes are. */
  readonly path: string
  readonly mediaType: string
}

const Why = Schema.Literals([
  "NotSet",
  "NoPrice",
  "FileGone",
  "NotFound",
  "NotExecutable",
  "Exited",
  "Killed",
  "NotText",
  "TooMuch",
  "TimedOut",
  "Empty",
  "Unreachable",
  "KeyRefused",
  "TooLarge",
  "Refused",
  "ServerFault",
  "NoTranscript"
])
type Why = typeof Why.Type

const seeKey = "See [transcription] in blufio.toml"
const again = "Send it again, or write it"

/** What happened, and what to do now. `detail` is what only the hook knows. */
const sentences: { readonly [W in Why]: (detail: string) => string } = {
  NotSet: (detail) => detail,
  NoPrice: () =>
    "What a minute costs at transcription.url is not known, so nothing is sent there. Add usd_per_minute " +
    "(0 when it costs nothing) to [transcription] in blufio.toml, then restart.",
  FileGone: () => `The recording is not on my disk any more. ${again}.`,
  NotFound: (detail) =>
    `The program of transcription.command is not found: ${detail}. Install it or correct the key, then restart.`,
  NotExecutable: (detail) =>
    `The program of transcription.command may not be run: ${detail}. Make it executable or correct the key, then restart.`,
  Exited: (detail) => `The program of transcription.command failed: ${detail}. ${seeKey}.`,
  Killed: () => `The program of transcription.command was killed. ${again}.`,
  NotText: () => `The program of transcription.command printed something that is not UTF-8 text.`,
  TooMuch: (detail) => `The transcription is longer than ${detail}. Send a shorter recording.`,
  TimedOut: (detail) =>
    `It was not transcribed within ${detail} (transcription.timeout). Send a shorter recording, or write it.`,
  Empty: () => `Nothing was understood in it. ${again}.`,
  Unreachable: (detail) =>
    `The service of transcription.url cannot be reached: ${detail}. Start it or correct the key, then send it again.`,
  KeyRefused: (detail) =>
    `The service of transcription.url refuses the key (${detail}). Store a valid one (blufio secret set TRANSCRIPTION_API_KEY), then send it again.`,
  TooLarge: () =>
    "The recording is too large for the service of transcription.url. Send a shorter one.",
  Refused: (detail) => `The service of transcription.url refused the recording: ${detail}.`,
  ServerFault: (detail) =>
    `The service of transcription.url is overloaded or broken (${detail}). Wait a while, then send it again.`,
  NoTranscript: (detail) =>
    `What transcription.url leads to answered with no transcript (${detail}). ${seeKey}.`
}

export class TranscriptionFailed extends Schema.TaggedError<TranscriptionFailed>()(
  "TranscriptionFailed",
  { why: Why, detail: Schema.String }
) {
  /** For the person. */
  override get message(): string {
    return sentences[this.why](this.detail)
  }
}

export class Transcriber extends Context.Service<
  Transcriber,
  {
    /** How to set it up, as a sentence for the person; `None` once it is. */
    readonly setupHint: Option.Option<string>
    /** What is said in the recording; never empty. Interruption ends the work on it. */
    readonly transcribe: (recording: Recording) => Effect.Effect<string, TranscriptionFailed>
  }
>()("blufio/services/Transcriber") {}
