// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault of a running daemon: its rows come over the socket, the keys stay in this process. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { AuditEvent } from "../domain/audit.ts"
import { Audit } from "../services/Audit.ts"
import { StoreError, Transactions } from "../services/Store.ts"
import { VaultStore } from "../services/VaultStore.ts"
import { ask, type Client, type DaemonError } from "./DaemonClient.ts"

const failed = (operation: string) => (cause: DaemonError) => new StoreError({ operation, cause })

const store = (client: Client) =>
  VaultStore.of({
    header: ask(client.vault({})).pipe(
      Effect.map(({ header }) => Option.fromNullOr(header)),
      Effect.mapError(failed("read the vault"))
    ),
    putHeader: (header, replaces) =>
      ask(client.putVault({ payload: { header, replaces: Option.getOrNull(replaces) } })).pipe(
        Effect.map(({ done }) => done),
        Effect.mapError(failed("write the vault"))
      ),
    clear: Effect.die("a running daemon's vault is not thrown away"),
    secrets: Effect.mapError(ask(client.secrets({})), failed("read the secrets")),
    put: (secret) =>
      ask(client.putSecret({ params: { name: secret.name }, payload: secret })).pipe(
        Effect.asVoid,
        Effect.mapError(failed("store a secret"))
      ),
    remove: (name) =>
      ask(client.removeSecret({ params: { name } })).pipe(
        Effect.map(({ done }) => done),
        Effect.mapError(failed("remove a secret"))
      ),
    // The daemon notes each use itself.
    used: () => Effect.void
  })

/** Whether the vault was opened is seen here only; all else the daemon records itself. */
const noteOpening = (client: Client, { action, detail }: AuditEvent) => {
  if (action !== "vault.opened" && action !== "vault.refused") return Effect.void
  const why = detail["why"] === "VaultDamaged" ? "VaultDamaged" : "WrongPassphrase"
  return ask(client.noteOpening({ payload: { why: action === "vault.opened" ? null : why } })).pipe(
    Effect.asVoid,
    Effect.mapError(failed("record for the audit"))
  )
}

/** The daemon writes its own audit, and each call is a transaction of its own. */
export const layer = (client: Client) =>
  Layer.mergeAll(
    Layer.succeed(VaultStore, store(client)),
    Layer.succeed(Transactions, { atomically: (effect) => effect }),
    Layer.succeed(Audit, {
      record: (event) => noteOpening(client, event),
      tail: () => Effect.succeed([]),
      verify: () => Effect.die("the daemon verifies its own audit")
    })
  )
