// SPDX-License-Identifier: MIT OR Apache-2.0
/** The one database file: its private directory, the lock on it, the migrations and every repository. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { chmodSync, existsSync, mkdirSync, statSync } from "node:fs"
import { basename, dirname } from "node:path"
import { getuid } from "node:process"
import { Settings } from "../../services/Settings.ts"
import * as InstanceLock from "../http/InstanceLock.ts"
import { mapLayerError } from "../mapLayerError.ts"
import { DatabaseUnusable } from "./DatabaseUnusable.ts"
import * as Migrations from "./Migrations.ts"
import * as SqliteAudit from "./SqliteAudit.ts"
import * as SqliteClient from "./SqliteClient.ts"
import * as SqliteContextStore from "./SqliteContextStore.ts"
import * as SqliteFileStore from "./SqliteFileStore.ts"
import * as SqliteHeartbeatStore from "./SqliteHeartbeatStore.ts"
import * as SqliteIdentityStore from "./SqliteIdentityStore.ts"
import * as SqliteInboxStore from "./SqliteInboxStore.ts"
import * as SqliteJournal from "./SqliteJournal.ts"
import * as SqliteLedger from "./SqliteLedger.ts"
import * as SqliteOutboxStore from "./SqliteOutboxStore.ts"
import * as SqlitePairing from "./SqlitePairing.ts"
import * as SqlitePersonNames from "./SqlitePersonNames.ts"
import * as SqliteRoutingStore from "./SqliteRoutingStore.ts"
import * as SqliteScheduleStore from "./SqliteScheduleStore.ts"
import * as SqliteSeenSettings from "./SqliteSeenSettings.ts"
import * as SqliteSessionStore from "./SqliteSessionStore.ts"
import * as SqliteTransactions from "./SqliteTransactions.ts"
import * as SqliteVaultStore from "./SqliteVaultStore.ts"
import * as SqliteWarningStore from "./SqliteWarningStore.ts"

export const repositories = Layer.mergeAll(
  SqliteAudit.layer,
  SqliteContextStore.layer,
  SqliteFileStore.layer,
  SqliteHeartbeatStore.layer,
  SqliteIdentityStore.layer,
  SqliteInboxStore.layer,
  SqliteJournal.layer,
  SqliteLedger.layer,
  SqliteOutboxStore.layer,
  SqlitePairing.layer.pipe(Layer.provide(SqliteAudit.layer)),
  SqlitePersonNames.layer,
  SqliteRoutingStore.layer,
  SqliteScheduleStore.layer,
  SqliteSeenSettings.layer,
  SqliteSessionStore.layer,
  SqliteTransactions.layer,
  SqliteVaultStore.layer,
  SqliteWarningStore.layer
)

/** One level at a time: Node's own recursive form spins for ever where nothing can be made (/proc). */
const makeDirectory = (directory: string): void => {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory))
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (cause) {
    // Another start may have been quicker.
    if (!existsSync(directory)) throw cause
  }
}

/** Only its owner may look into the directory or the file (contract 4). */
const prepare = (path: string) =>
  Effect.try({
    try: () => {
      const directory = dirname(path)
      makeDirectory(directory)
      // One that bears our name is ours to close; any other was chosen by the person.
      if (basename(directory) === "blufio" && statSync(directory).uid === getuid?.())
        chmodSync(directory, 0o700)
    },
    catch: (cause) =>
      new DatabaseUnusable({
        detail: `The directory of ${path} cannot be made. Choose another storage.path.`,
        cause
      })
  })

const client = Layer.unwrap(
  Effect.gen(function* () {
    const { path } = (yield* Settings).storage
    yield* prepare(path)
    return SqliteClient.layer({ filename: path }).pipe(
      Layer.tap(() => Effect.sync(() => chmodSync(path, 0o600))),
      mapLayerError(
        (cause) =>
          new DatabaseUnusable({
            detail: `The database ${path} cannot be opened. Is it a Blufio database, and yours to write?`,
            cause
          })
      )
    )
  })
)

/** Locked before it is migrated, so that no two processes ever work on one file. */
export const locked = repositories.pipe(
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(InstanceLock.layer),
  Layer.provideMerge(client)
)

/** Without the lock: for a single command while no daemon runs. */
export const unlocked = repositories.pipe(
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(client)
)
