// SPDX-License-Identifier: MIT OR Apache-2.0
/** Finds the configuration file in the order of contract 3. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { ConfigInvalid } from "../../services/Settings.ts"
import { directories } from "./directories.ts"
import { Environment } from "./Environment.ts"

export interface Candidate {
  /** As the person would name it. */
  readonly name: string
  /** Named by the person, and by what: then it has to be there. */
  readonly namedBy: Option.Option<string>
}

export interface Found {
  readonly name: string
  readonly text: string
}

/** All places where a file is looked for, the first one that exists wins. */
export const candidates = Effect.fnUntraced(function* (configPath: Option.Option<string>) {
  const path = yield* Path.Path
  const environment = yield* Environment
  const { config } = yield* directories
  const named = (name: string, by: string): ReadonlyArray<Candidate> => [
    { name, namedBy: Option.some(by) }
  ]
  if (Option.isSome(configPath)) return named(configPath.value, "--config")
  const variable = environment.BLUFIO_CONFIG ?? ""
  if (variable !== "") return named(variable, "BLUFIO_CONFIG")
  return ["blufio.toml", path.join(config, "blufio", "blufio.toml"), "/etc/blufio/blufio.toml"].map(
    (name): Candidate => ({ name, namedBy: Option.none() })
  )
})

const unreadable = (name: string, namedBy: Option.Option<string>, isMissing: boolean) => {
  const reason = isMissing ? "there is no such file" : "the file cannot be read"
  const by = Option.match(namedBy, { onNone: () => "", onSome: (by) => ` (named by ${by})` })
  return new ConfigInvalid({ faults: [{ file: name, key: "", expected: `${reason}${by}` }] })
}

/** The text of the file in use; none when there is no file and nobody named one. */
export const locate = Effect.fnUntraced(function* (configPath: Option.Option<string>) {
  const files = yield* FileSystem.FileSystem
  for (const { name, namedBy } of yield* candidates(configPath)) {
    const text = yield* files.readFileString(name).pipe(
      Effect.asSome,
      Effect.catchReason("PlatformError", "NotFound", () =>
        Option.isSome(namedBy)
          ? Effect.fail(unreadable(name, namedBy, true))
          : Effect.succeed(Option.none<string>())
      ),
      Effect.catchTag("PlatformError", () => Effect.fail(unreadable(name, namedBy, false)))
    )
    if (Option.isSome(text)) return Option.some<Found>({ name, text: text.value })
  }
  return Option.none<Found>()
})
