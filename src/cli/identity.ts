// SPDX-License-Identifier: MIT OR Apache-2.0
/** What `blufio key` and `blufio device` share: names, scopes, and the way to the daemon or its database. */
import * as Digest from "effect/crypto/Digest"
import * as Flag from "effect/cli/Flag"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { NewDevice } from "../api/identity.ts"
import { IdentityName, Scopes } from "../domain/identity.ts"
import { oneLine } from "../domain/printable.ts"
import type { SettingsData } from "../domain/Settings.ts"
import type { Client } from "../layers/DaemonClient.ts"
import { layerReadOnly, layerWritable } from "../layers/Offline.ts"
import { Identities } from "../services/Identities.ts"
import { WrongUsage } from "./exit.ts"
import { reach } from "./reach.ts"
import { formatTime, table } from "./table.ts"

export const scopesFlag = Flag.String("scopes").pipe(
  Flag.withMetavar("LIST"),
  Flag.withDescription("What it may do, with commas: chat, read, admin, metrics, mcp")
)

const decodeName = Schema.decodeUnknownEffect(IdentityName)
const decodeScopes = Schema.decodeUnknownEffect(Scopes)

export const nameOf = (typed: string) =>
  Effect.mapError(
    decodeName(typed.trim()),
    () =>
      new WrongUsage({ detail: "NAME: 1 to 64 characters, no secret and no control characters" })
  )

export const scopesOf = (typed: string) =>
  Effect.mapError(
    decodeScopes([...new Set(typed.split(/[\s,]+/).filter((one) => one !== ""))]),
    () =>
      new WrongUsage({ detail: "--scopes: some of chat, read, admin, metrics, mcp, with commas" })
  )

const logic = Identities.layer.pipe(
  Layer.provide(Digest.layerWebCrypto),
  Layer.provide(SecureRandom.layerWebCrypto)
)

/** By way of the daemon, or in the database itself while none runs. */
export const change = <A, E1, R1, E2>(
  daemon: (client: Client) => Effect.Effect<A, E1, R1>,
  offline: (identities: Identities["Service"]) => Effect.Effect<A, E2>
) => {
  const database = (settings: SettingsData) =>
    Effect.provide(
      Effect.flatMap(Identities, offline),
      Layer.provide(logic, layerWritable(settings))
    )
  return reach({ daemon, database, nothing: database })
}

export const list = <A, E1, R1, E2>(
  daemon: (client: Client) => Effect.Effect<ReadonlyArray<A>, E1, R1>,
  offline: (identities: Identities["Service"]) => Effect.Effect<ReadonlyArray<A>, E2>
) =>
  reach({
    daemon,
    database: (settings) =>
      Effect.provide(
        Effect.flatMap(Identities, offline),
        Layer.provide(logic, layerReadOnly(settings))
      ),
    nothing: () => Effect.succeed<ReadonlyArray<A>>([])
  })

/** There is nothing of this name or id that is in use. */
export class NotInUse extends Schema.TaggedError<NotInUse>()("NotInUse", {
  what: Schema.Literals(["key", "device"])
}) {
  override get message(): string {
    return `There is no such ${this.what} in use. See: blufio ${this.what} list`
  }
}

interface Row extends NewDevice {
  readonly created_at: string
  readonly last_used_at: string | null
  readonly revoked_at: string | null
}

export const spellRows = (rows: ReadonlyArray<Row>, none: string) =>
  rows.length === 0
    ? none
    : table(
        ["ID", "NAME", "SCOPES", "MADE", "LAST USED", "STATE"],
        rows.map((row) => [
          row.id,
          oneLine(row.name),
          row.scopes.join(","),
          formatTime(row.created_at),
          row.last_used_at === null ? "never" : formatTime(row.last_used_at),
          row.revoked_at === null ? "in use" : "revoked"
        ])
      )
