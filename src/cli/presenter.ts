// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keeps stdout for what was asked for: wrong usage is told on stderr, briefly. */
import * as CliOutput from "effect/cli/CliOutput"
import type { NonShowHelpErrors } from "effect/cli/CliError"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { printable } from "../domain/printable.ts"

/** Flags of the library that are of no use here. */
const isOurs = ({ name }: { readonly name: string }) => name !== "wizard"

const ours = (doc: HelpDoc): HelpDoc =>
  doc.globalFlags === undefined ? doc : { ...doc, globalFlags: doc.globalFlags.filter(isOurs) }

/** What is missing, with what it would say of itself in the help. */
const spell = (error: NonShowHelpErrors, { flags }: HelpDoc): string => {
  if (error._tag !== "MissingOption") return error.message
  const flag = flags.find(({ name }) => name === error.option)
  const description = Option.getOrElse(flag?.description ?? Option.none(), () => "")
  return description === "" ? error.message : `${error.message}. ${description}`
}

export const layer = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag === "Help")
      return yield* CliOutput.defaultPresenter.present({ ...event, helpDoc: ours(event.helpDoc) })
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    for (const error of event.errors) yield* Console.error(printable(spell(error, event.helpDoc)))
    yield* Console.error(`Try: ${event.commandPath.join(" ")} --help`)
  })
})
