// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whom `init` asks: a person at a terminal, or the environment and `.env` lines on stdin. */
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Prompt from "effect/cli/Prompt"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { parseEnv } from "node:util"
import type { SecretName } from "../../domain/secretName.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { Passphrase } from "../../services/Passphrase.ts"

export class Questions extends Context.Service<
  Questions,
  {
    /** Whether somebody is there to try again, to wait for, and to decide. */
    readonly isInteractive: boolean
    readonly say: (text: string) => Effect.Effect<void>
    /** A value in UTF-8, never shown; none when the person skips it or nobody gave one. */
    readonly secret: (
      name: SecretName,
      question: string
    ) => Effect.Effect<Option.Option<Uint8Array>>
    /** `unasked` is the answer when nobody is there. */
    readonly confirm: (question: string, unasked: boolean) => Effect.Effect<boolean>
  }
>()("blufio/cli/init/Questions") {}

const say = (text: string) => Console.error(text)

/** What a script gives `init` is small: pieces of at most 64 KiB. */
const maxStdinChunks = 8
/** A pipe that nobody writes to must not hold it up. */
const stdinWithin = "5 seconds"

export const layerPerson = Layer.effect(
  Questions,
  Effect.gen(function* () {
    const passphrase = yield* Passphrase
    const environment = yield* Effect.context<Prompt.Environment>()
    return Questions.of({
      isInteractive: true,
      say,
      secret: (_name, question) =>
        Effect.map(
          passphrase.ask(`${question}: `),
          Option.filter((bytes) => bytes.length > 0)
        ),
      confirm: (question) =>
        Prompt.run(Prompt.Confirm({ message: question, initial: false })).pipe(
          Effect.catchTag("QuitError", () => Effect.interrupt),
          // A terminal of its own gives stdin back at once; a shared one would turn echo on again
          // while the next passphrase is typed.
          Effect.provide(NodeTerminal.layer, { local: true }),
          Effect.provideContext(environment)
        )
    })
  })
)

export const layerScript = Layer.effect(
  Questions,
  Effect.gen(function* () {
    const environment = yield* Environment
    const stdio = yield* Stdio.Stdio
    const text = (yield* stdio.stdinIsTerminal)
      ? ""
      : yield* stdio.stdin.pipe(
          Stream.take(maxStdinChunks),
          Stream.decodeText,
          Stream.mkString,
          Effect.timeoutOrElse({ duration: stdinWithin, orElse: () => Effect.succeed("") }),
          Effect.orElseSucceed(() => "")
        )
    const lines = parseEnv(text)
    const encoder = new TextEncoder()
    return Questions.of({
      isInteractive: false,
      say,
      secret: (name) =>
        Effect.sync(() => {
          const value = (lines[name] ?? environment[name] ?? "").trim()
          return value === "" ? Option.none() : Option.some(encoder.encode(value))
        }),
      confirm: (_question, unasked) => Effect.succeed(unasked)
    })
  })
)
