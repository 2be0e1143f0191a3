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
import { anthropicKey, type SecretName, telegramToken } from "../../domain/secretName.ts"
import { parseLines } from "../../layers/config/dotenv.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { Cancelled, Passphrase } from "../../services/Passphrase.ts"
import { WrongUsage } from "../exit.ts"
import { PassphraseFd } from "../globals.ts"
import { dotenvFaults } from "../vault/dotenvFaults.ts"

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
    ) => Effect.Effect<Option.Option<Uint8Array>, Cancelled>
    /** `unasked` is the answer when nobody is there. */
    readonly confirm: (question: string, unasked: boolean) => Effect.Effect<boolean, Cancelled>
  }
>()("blufio/cli/init/Questions") {}

const say = (text: string) => Console.error(text)

/** What a script gives `init` is small: pieces of at most 64 KiB. */
const maxStdinChunks = 8
/** A pipe that nobody writes to must not hold it up. */
const stdinWithin = "5 seconds"
const newline = 10

export const layerPerson = Layer.effect(
  Questions,
  Effect.gen(function* () {
    const passphrase = yield* Passphrase
    const environment = yield* Effect.context<Prompt.Environment>()
    const secret = Effect.fnUntraced(function* (question: string) {
      for (;;) {
        const typed = yield* passphrase.ask(`${question}: `)
        if (Option.isNone(typed) || typed.value.length === 0) return Option.none<Uint8Array>()
        if (!typed.value.includes(newline)) return typed
        typed.value.fill(0)
        yield* say("That was more than one line: paste the key alone.")
      }
    })
    return Questions.of({
      isInteractive: true,
      say,
      secret: (_name, question) => secret(question),
      confirm: (question) =>
        Prompt.run(Prompt.Confirm({ message: question, initial: false })).pipe(
          Effect.catchTag("QuitError", () => new Cancelled({ kept: "" })),
          // A terminal of its own gives stdin back at once; a shared one would turn echo on again
          // while the next passphrase is typed.
          Effect.provide(NodeTerminal.layer, { local: true }),
          Effect.provideContext(environment)
        )
    })
  })
)

const readStdin = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  const isTaken = Option.contains(yield* PassphraseFd, 0)
  if (isTaken || (yield* stdio.stdinIsTerminal)) return ""
  return yield* stdio.stdin.pipe(
    Stream.take(maxStdinChunks),
    Stream.decodeText,
    Stream.mkString,
    Effect.timeoutOrElse({ duration: stdinWithin, orElse: () => Effect.succeed("") }),
    Effect.orElseSucceed(() => "")
  )
})

const isAskedFor = (name: string) => name === anthropicKey || name === telegramToken

export const layerScript = Layer.effect(
  Questions,
  Effect.gen(function* () {
    const environment = yield* Environment
    const lines = parseLines(yield* readStdin)
    const faults = dotenvFaults(lines, { mayBeEmpty: true })
    if (faults.length > 0)
      return yield* new WrongUsage({ detail: `stdin: ${faults.join(" ")} Nothing is done.` })
    for (const { line, name } of lines.assignments)
      if (!isAskedFor(name))
        yield* say(
          `stdin, line ${line}: ${name} is not asked for here; blufio secret import stores it`
        )
    const encoder = new TextEncoder()
    return Questions.of({
      isInteractive: false,
      say,
      secret: (name) =>
        Effect.sync(() => {
          const value = (lines.values[name] ?? "").trim() || (environment[name] ?? "").trim()
          return value === "" ? Option.none() : Option.some(encoder.encode(value))
        }),
      confirm: (_question, unasked) => Effect.succeed(unasked)
    })
  })
)
