// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the person configured, decoded and complete. Secrets are not here: see `Secrets`. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { SettingsData } from "../domain/Settings.ts"

export class Settings extends Context.Service<Settings, SettingsData>()(
  "blufio/services/Settings"
) {
  /** The defaults with some keys set, as one would write them in the file; for tests and embedders. */
  static readonly layerFrom = (file: typeof SettingsData.Encoded) =>
    Layer.effect(Settings, Schema.decodeEffect(SettingsData)(file).pipe(Effect.orDie))
}
