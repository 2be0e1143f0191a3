// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio shell`: a conversation in the terminal, with the daemon or, when none runs, without. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SessionName } from "../api/schemas.ts"
import * as TomlSettings from "../layers/config/TomlSettings.ts"
import { ask, type Client, connect, require } from "../layers/DaemonClient.ts"
import * as Main from "../layers/Main.ts"
import * as PassphraseSources from "../layers/passphrase/PassphraseSources.ts"
import { isInteractive } from "../layers/terminal/style.ts"
import { serve } from "../programs/serve.ts"
import { WrongUsage } from "./exit.ts"
import { ConfigPath, Json, PassphraseFd } from "./globals.ts"
import { settings } from "./reach.ts"
import { interactive } from "./shell/interactive.ts"
import { piped } from "./shell/piped.ts"

const session = Flag.String("session").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("Which of the terminal's conversations to go on with"),
  Flag.withDefault("terminal")
)

const greetings = {
  own: "No daemon is running, so Blufio runs in this terminal until you leave.",
  daemon: "You are talking with the running daemon."
} as const

/** A shell that runs the agent itself shows no logs, which would say so. */
const lockedVault = Effect.fnUntraced(function* (client: Client) {
  const { state } = yield* ask(client.vault({}))
  return state === "locked" ? ["The vault is locked: what needs its keys does not work."] : []
})

const isSessionName = Schema.is(SessionName)

/** Logs would tear the conversation apart; `blufio logs` shows them. */
const withoutLogs = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const console = yield* Console.Console
  return yield* Effect.provideService(effect, Console.Console, {
    ...console,
    error: () => undefined
  })
})

/** The agent within this process, until the scope closes; answers once its socket is open. */
const startGraph = Effect.fnUntraced(function* (configPath: Option.Option<string>) {
  const isUp = yield* Deferred.make<void>()
  const graph = Main.shellLayer.pipe(
    Layer.provideMerge(TomlSettings.layer({ configPath })),
    Layer.provide(PassphraseSources.layer(yield* PassphraseFd))
  )
  const serving = yield* serve(Deferred.succeed(isUp, undefined)).pipe(
    Effect.provide(graph),
    withoutLogs,
    Effect.forkScoped
  )
  yield* Effect.raceFirst(Deferred.await(isUp), Fiber.join(serving))
  return serving
})

export const command = Command.make(
  "shell",
  { session },
  Effect.fn("shell")(function* ({ session }) {
    if (!isSessionName(session)) {
      return yield* new WrongUsage({
        detail: "--session: at most 128 characters, none of them a control character"
      })
    }
    const json = yield* Json
    const known = yield* settings
    const running = yield* connect(known)
    const own = Option.isNone(running)
      ? Option.some(yield* startGraph(yield* ConfigPath))
      : Option.none()
    const client = yield* Option.match(running, {
      onNone: () => require(known),
      onSome: Effect.succeed
    })
    const turnTimeoutMillis = Duration.toMillis(known.agent.turn_timeout)
    const problems = Option.isSome(own) ? yield* lockedVault(client) : []
    const talk =
      !json && (yield* isInteractive)
        ? interactive({
            client,
            session,
            greeting: [greetings[Option.isSome(own) ? "own" : "daemon"], ...problems].join(" ")
          })
        : piped({ client, session, json, turnTimeoutMillis })
    yield* Option.match(own, {
      onNone: () => talk,
      onSome: (serving) => Effect.raceFirst(talk, Fiber.join(serving))
    })
  }, Effect.scoped)
).pipe(Command.withDescription("Talk with Blufio in this terminal"))
