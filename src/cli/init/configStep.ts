// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: a `blufio.toml` with comments. One that is there already is a person's work. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { configFile, withoutDemo } from "../../domain/configFile.ts"
import { directories } from "../../layers/config/directories.ts"
import { Environment } from "../../layers/config/Environment.ts"
import { locate } from "../../layers/config/locate.ts"
import { pinnedDemo } from "../pinnedDemo.ts"
import { Questions } from "./Questions.ts"

class ConfigNotWritten extends Schema.TaggedError<ConfigNotWritten>()("ConfigNotWritten", {
  path: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.path} cannot be written. Choose another place with --config PATH.`
  }
}

/** The file that Blufio uses: the one that is found, else the one to write. */
export const target = Effect.fnUntraced(function* (configPath: Option.Option<string>) {
  const path = yield* Path.Path
  const files = yield* FileSystem.FileSystem
  const { BLUFIO_CONFIG = "" } = yield* Environment
  const named = Option.orElse(configPath, () =>
    Option.filter(Option.some(BLUFIO_CONFIG), (name) => name !== "")
  )
  if (Option.isSome(named)) {
    const file = path.resolve(named.value)
    return { file, exists: yield* Effect.orElseSucceed(files.exists(file), () => false) }
  }
  const found = yield* locate(Option.none())
  if (Option.isSome(found)) return { file: path.resolve(found.value.name), exists: true }
  const { config } = yield* directories
  return { file: path.join(config, "blufio", "blufio.toml"), exists: false }
})

/** Where the file before this one is kept. */
const backupOf = (file: string) => `${file}.old`

/** All of it or nothing, and readable by its owner only. */
const write = Effect.fnUntraced(
  function* (file: string, text: string) {
    const path = yield* Path.Path
    const files = yield* FileSystem.FileSystem
    yield* files.makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 })
    const draft = `${file}.new`
    yield* files.writeFileString(draft, text, { mode: 0o600 })
    yield* files.rename(draft, file)
  },
  (effect, path) => Effect.mapError(effect, (cause) => new ConfigNotWritten({ path, cause }))
)

const keepOld = Effect.fnUntraced(
  function* (file: string) {
    const files = yield* FileSystem.FileSystem
    yield* files.copyFile(file, backupOf(file))
  },
  (effect, file) =>
    Effect.mapError(effect, (cause) => new ConfigNotWritten({ path: backupOf(file), cause }))
)

type Change = Effect.Effect<void, ConfigNotWritten, FileSystem.FileSystem | Path.Path>

export interface ConfigAnswer {
  readonly file: string
  /** When no key comes of all this. */
  readonly useDemo: Change
  /** When a key is there, and the settings ask for the demo. */
  readonly endDemo: Change
}

/** Takes out the line that an earlier `init` wrote; another one is a person's. */
const endDemo = Effect.fnUntraced(function* (file: string) {
  const questions = yield* Questions
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.orElseSucceed(files.readFileString(file), () => "")
  const changed = withoutDemo(text)
  if (changed === undefined)
    return yield* questions.say(
      `! The demo goes on answering until you ${pinnedDemo(Option.some(file))}`
    )
  yield* keepOld(file)
  yield* write(file, changed)
  yield* questions.say(
    `✓ settings: the demo's line is taken out of ${file} (as it was: ${backupOf(file)})`
  )
})

/** Answers the file in use, and how to set it to the demo and back. */
export const configStep = Effect.fn("init.config")(function* (configPath: Option.Option<string>) {
  const questions = yield* Questions
  const { exists, file } = yield* target(configPath)
  const timeZone = DateTime.zoneToString(DateTime.zoneMakeLocal())
  const isOurs =
    !exists || (yield* questions.confirm(`${file} is there already. Write it anew?`, false))
  if (isOurs && exists) yield* keepOld(file)
  if (isOurs) yield* write(file, configFile({ timeZone, isDemo: false }))
  const kept = exists ? ` (the one before is ${backupOf(file)})` : ""
  yield* questions.say(isOurs ? `✓ settings: ${file}${kept}` : `✓ settings: ${file} stays as it is`)
  const useDemo = isOurs
    ? write(file, configFile({ timeZone, isDemo: true }))
    : questions.say(`  For the demo set in ${file}: provider.default = "demo"`)
  return {
    file,
    useDemo,
    endDemo: Effect.provideService(endDemo(file), Questions, questions)
  } satisfies ConfigAnswer
})
