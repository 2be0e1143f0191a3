// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the person configured, decoded and complete. Secrets are not here: see `Secrets`. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SettingsData } from "../domain/Settings.ts"

export class Settings extends Context.Service<Settings, SettingsData>()(
  "blufio/services/Settings"
) {
  /** The defaults with some keys set, as one would write them in the file; for tests and embedders. */
  static readonly layerFrom = (file: typeof SettingsData.Encoded) =>
    Layer.effect(Settings, Schema.decodeEffect(SettingsData)(file).pipe(Effect.orDie))
}

/** Where the settings came from. */
export class ConfigSource extends Context.Service<
  ConfigSource,
  {
    /** The file in use, absolute; none when the defaults and the environment are all there is. */
    readonly path: Option.Option<string>
    /** The dotted keys that a person set, in the file or the environment. */
    readonly present: ReadonlyArray<string>
  }
>()("blufio/services/Settings/ConfigSource") {}

/** One thing to mend. Never holds the value that was found. */
export const Fault = Schema.Struct({
  /** The file as the person named it, or the environment variable. */
  file: Schema.String,
  line: Schema.optionalKey(Schema.Int),
  /** Dotted; empty when the fault is the file's as a whole. */
  key: Schema.String,
  expected: Schema.String,
  hint: Schema.optionalKey(Schema.String)
})
export type Fault = typeof Fault.Type

const spell = ({ file, line, key, expected, hint }: Fault): string => {
  const place = line === undefined ? file : `${file}:${line}`
  const subject = key === "" ? place : `${place}: ${key}`
  return `${subject}: ${expected}${hint === undefined ? "" : `; ${hint}`}`
}

/** Every fault of the configuration at once; the message has one line for each. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  faults: Schema.NonEmptyArray(Fault)
}) {
  override get message(): string {
    return this.faults.map(spell).join("\n")
  }
}
