// SPDX-License-Identifier: MIT OR Apache-2.0
/** Asks the daemon when one runs, and looks into the database itself when none does. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SettingsData } from "../domain/Settings.ts"
import { load } from "../layers/config/TomlSettings.ts"
import { type Client, connect } from "../layers/DaemonClient.ts"
import { hasDatabase } from "../layers/Offline.ts"
import { ConfigPath } from "./globals.ts"

export const settings = Effect.gen(function* () {
  const loaded = yield* load({ configPath: yield* ConfigPath })
  return loaded.settings
})

interface Ways<A, E1, R1, E2, R2> {
  readonly daemon: (client: Client) => Effect.Effect<A, E1, R1>
  /** No daemon, but a database. */
  readonly database: (settings: SettingsData) => Effect.Effect<A, E2, R2>
  /** Neither: Blufio was never started here. */
  readonly nothing: (settings: SettingsData) => Effect.Effect<A, E2, R2>
}

export const reach = Effect.fnUntraced(function* <A, E1, R1, E2, R2>(
  ways: Ways<A, E1, R1, E2, R2>
) {
  const known = yield* settings
  const client = yield* connect(known)
  if (Option.isSome(client)) return yield* ways.daemon(client.value)
  return yield* (yield* hasDatabase(known)) ? ways.database(known) : ways.nothing(known)
}, Effect.scoped)
