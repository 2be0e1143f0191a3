// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init` needs the database for itself: said before anything is changed. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { load } from "../../layers/config/TomlSettings.ts"
import { connect } from "../../layers/DaemonClient.ts"
import { target } from "./configStep.ts"

class BlufioRuns extends Schema.TaggedError<BlufioRuns>()("BlufioRuns", {
  database: Schema.String
}) {
  override get message(): string {
    return (
      `Blufio is running and holds ${this.database}. Stop it first, then run blufio init again. ` +
      "Nothing was changed. Keys can be set while it runs: blufio secret set NAME"
    )
  }
}

/** Reads as a file in which nothing is set. */
const noFile = Option.some("/dev/null")

export const refuseWhileRunning = Effect.fnUntraced(function* (configPath: Option.Option<string>) {
  const { exists, file } = yield* target(configPath)
  const loaded = yield* load({ configPath: exists ? Option.some(file) : noFile }).pipe(
    // What is wrong with the file is told once it is known whether it stays.
    Effect.catchTag("ConfigInvalid", () => load({ configPath: noFile }))
  )
  if (Option.isSome(yield* connect(loaded.settings)))
    return yield* new BlufioRuns({ database: loaded.settings.storage.path })
}, Effect.scoped)
