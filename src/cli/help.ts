// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio help`, for who types it before `--help`. */
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"

export const command = Command.make(
  "help",
  {},
  () => new CliError.ShowHelp({ commandPath: ["blufio"], errors: [] })
).pipe(Command.withDescription("Show this help"))
