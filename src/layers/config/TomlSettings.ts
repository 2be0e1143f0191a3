// SPDX-License-Identifier: MIT OR Apache-2.0
/** Loads the settings from one TOML file and the environment, or says everything that is wrong. */
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { SettingsData } from "../../domain/Settings.ts"
import { ConfigInvalid, ConfigSource, type Fault, Settings } from "../../services/Settings.ts"
import { decodeTable } from "./decode.ts"
import { directories } from "./directories.ts"
import { read } from "./document.ts"
import { Environment } from "./Environment.ts"
import { resolvePaths } from "./filePaths.ts"
import { locate } from "./locate.ts"
import { override } from "./overrides.ts"
import { takeSecrets } from "./secretScan.ts"
import { takeUnknown } from "./unknownKeys.ts"

export interface LoadedSettings {
  readonly settings: SettingsData
  readonly path: Option.Option<string>
  readonly present: ReadonlyArray<string>
}

export interface LoadOptions {
  /** What `--config` said. */
  readonly configPath: Option.Option<string>
}

const byLine = (one: Fault, other: Fault): number =>
  (one.line ?? Number.POSITIVE_INFINITY) - (other.line ?? Number.POSITIVE_INFINITY) || 0

const withDataPath = Effect.fnUntraced(function* (settings: SettingsData) {
  if (settings.storage.path !== "") return settings
  const path = yield* Path.Path
  const { data } = yield* directories
  const storage = { ...settings.storage, path: path.join(data, "blufio", "blufio.db") }
  return { ...settings, storage }
})

export const load = Effect.fn("TomlSettings.load")(function* ({ configPath }: LoadOptions) {
  const path = yield* Path.Path
  const environment = yield* Environment
  const found = yield* locate(configPath)
  const { name, text } = Option.getOrElse(found, () => ({ name: "configuration", text: "" }))
  const file = { name, path: path.resolve(name) }

  const document = yield* Effect.fromResult(read(name, text)).pipe(
    Effect.mapError((fault) => new ConfigInvalid({ faults: [fault] }))
  )
  const { table, places } = document
  const strangers = override(environment, table, places)
  const secrets = takeSecrets(document, name)
  const { faults: unknown, present } = takeUnknown(table, places)
  yield* resolvePaths(table, places, file)
  const before = [...strangers, ...secrets, ...unknown]
  const { settings, faults } = decodeTable(table, places, before)

  const all = faults.toSorted(byLine)
  if (Arr.isReadonlyArrayNonEmpty(all)) return yield* new ConfigInvalid({ faults: all })
  return {
    settings: yield* withDataPath(settings),
    path: Option.map(found, () => file.path),
    present
  } satisfies LoadedSettings
})

/** Fails before anything else starts when the configuration is not in order. */
export const layer = (options: LoadOptions) =>
  Layer.effectContext(
    Effect.map(load(options), ({ settings, path, present }) =>
      Context.make(Settings, settings).pipe(Context.add(ConfigSource, { path, present }))
    )
  )
