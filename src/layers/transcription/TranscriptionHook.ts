// SPDX-License-Identifier: MIT OR Apache-2.0
/** The hook that the owner set: a command, an address, or neither; then people hear how to set one. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { printable } from "../../domain/printable.ts"
import { spokenDuration } from "../../domain/spokenDuration.ts"
import { Redactor } from "../../services/Redactor.ts"
import { ConfigSource, Settings } from "../../services/Settings.ts"
import { type Recording, Transcriber, TranscriptionFailed } from "../../services/Transcriber.ts"
import * as command from "./command.ts"
import * as service from "./service.ts"

/** A model that listens takes a whole processor. */
const mostAtOnce = 2

const setup = (path: Option.Option<string>) =>
  "I cannot listen yet: transcription is not set up. Write it instead; or, whoever runs me, set one of " +
  'these under [transcription], then restart: `command = ["/usr/local/bin/transcribe"]`, a program that ' +
  "gets the recording's path as its last argument and prints the text, or " +
  '`url = "http://127.0.0.1:8000/v1"`, a service that has OpenAI\'s /v1/audio/transcriptions. ' +
  `The file is ${Option.match(path, {
    onNone: () => "`blufio.toml` where I am started, or in ~/.config/blufio",
    onSome: (path) => `\`${path}\``
  })}.`

const make = Effect.gen(function* () {
  const redactor = yield* Redactor
  const { transcription } = yield* Settings
  // Embedders have settings without a file.
  const source = yield* Effect.serviceOption(ConfigSource)
  const atOnce = yield* Semaphore.make(mostAtOnce)
  const byCommand = yield* command.make(transcription.command)
  const byService = transcription.url === "" ? undefined : yield* service.make(transcription.url)
  const setupHint =
    transcription.command.length > 0 || byService !== undefined
      ? Option.none()
      : Option.some(setup(Option.flatMap(source, ({ path }) => path)))
  const failed = (why: TranscriptionFailed["why"], detail: string) =>
    new TranscriptionFailed({ why, detail: redactor.outbound(detail) })

  const listen = Effect.fnUntraced(function* (recording: Recording) {
    const heard = yield* byService === undefined ? byCommand(recording) : byService(recording)
    const text = printable(heard).trim()
    return text === "" ? yield* failed("Empty", "") : text
  })

  const limited = (recording: Recording) =>
    listen(recording).pipe(
      Effect.timeoutOrElse({
        duration: transcription.timeout,
        orElse: () =>
          Effect.fail(failed("TimedOut", spokenDuration(Duration.toMillis(transcription.timeout))))
      }),
      Effect.catchTag("TranscriptionFailed", ({ detail, why }) => Effect.fail(failed(why, detail))),
      atOnce.withPermit
    )

  return Transcriber.of({
    setupHint,
    transcribe: (recording) =>
      Option.match(setupHint, {
        onSome: (hint) => Effect.fail(failed("NotSet", hint)),
        onNone: () =>
          Effect.tapError(limited(recording), (error) =>
            Effect.logWarning(`a recording was not transcribed: ${error.message}`)
          )
      })
  })
})

export const layer = Layer.effect(Transcriber, make)
