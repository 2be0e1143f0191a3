// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keeps stdout for what was asked for: wrong usage is told on stderr, briefly. */
import * as CliOutput from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { printable } from "../domain/printable.ts"

export const layer = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    for (const error of event.errors) yield* Console.error(printable(error.message))
    yield* Console.error(`Try: ${event.commandPath.join(" ")} --help`)
  })
})
