// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where things of this person belong, by the XDG rules. */
import { homedir } from "node:os"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import { Environment } from "./Environment.ts"

/** Relative XDG variables are to be ignored, says their specification. */
export const directories = Effect.gen(function* () {
  const path = yield* Path.Path
  const environment = yield* Environment
  const home =
    environment.HOME === undefined || environment.HOME === "" ? homedir() : environment.HOME
  const absolute = (variable: string, ...fallback: ReadonlyArray<string>) => {
    const value = environment[variable] ?? ""
    return path.isAbsolute(value) ? value : path.join(home, ...fallback)
  }
  return {
    home,
    config: absolute("XDG_CONFIG_HOME", ".config"),
    data: absolute("XDG_DATA_HOME", ".local", "share")
  }
})
