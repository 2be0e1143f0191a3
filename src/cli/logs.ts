// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio logs`: what the daemon logged lately. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { printable } from "../domain/printable.ts"
import { ask, DaemonGone, require } from "../layers/DaemonClient.ts"
import { WrongUsage } from "./exit.ts"
import { Json } from "./globals.ts"
import { printJson } from "./output.ts"
import { settings } from "./reach.ts"

const follow = Flag.Boolean("follow").pipe(
  Flag.withAlias("f"),
  Flag.withDescription("Go on with what is logged from now on, until Ctrl-C"),
  Flag.withDefault(false)
)

export const command = Command.make(
  "logs",
  { follow },
  Effect.fn("logs")(function* ({ follow }) {
    const json = yield* Json
    if (follow && json) {
      return yield* new WrongUsage({
        detail: "--json prints one document at the end, and --follow has no end: choose one"
      })
    }
    const client = yield* require(yield* settings)
    const lines = (yield* ask(client.logs({ query: follow ? { follow: "true" } : {} }))).pipe(
      Stream.map(({ line }) => line),
      Stream.mapError(() => new DaemonGone({ reached: true }))
    )
    if (json) return yield* printJson(yield* Stream.runCollect(lines))
    yield* Stream.runForEach(lines, (line) => Console.log(printable(line)))
    if (follow) return yield* new DaemonGone({ reached: true })
  }, Effect.scoped)
).pipe(Command.withDescription("Print what the daemon logged lately"))
