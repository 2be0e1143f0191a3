// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over the socket: the vault's rows. Neither a passphrase nor a value ever comes this way. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import { Api } from "../../api/Api.ts"
import { owner } from "../../domain/Ids.ts"
import { Audit } from "../../services/Audit.ts"
import { Transactions } from "../../services/Store.ts"
import { Vault } from "../../services/Vault.ts"
import { VaultStore } from "../../services/VaultStore.ts"
import { refused, storeFailed } from "./failures.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "vault",
  Effect.fnUntraced(function* (handlers) {
    const audit = yield* Audit
    const store = yield* VaultStore
    const transactions = yield* Transactions
    const vault = yield* Vault

    const damaged = Effect.catchTag(vault.damaged, "VaultLocked", () => Effect.succeed(null))

    return handlers.handleAll({
      vault: () =>
        Effect.all({
          state: vault.state,
          header: Effect.map(store.header, Option.getOrNull),
          damaged
        }).pipe(Effect.mapError(storeFailed)),
      putVault: ({ payload: { header, replaces } }) =>
        Effect.gen(function* () {
          const done = yield* store.putHeader(header, Option.fromNullOr(replaces))
          if (!done) return { done }
          yield* audit.record({
            action: replaces === null ? "vault.created" : "vault.passphrase_changed",
            actor: "owner",
            subject: "vault",
            outcome: "ok",
            detail: {}
          })
          return { done }
        }).pipe(transactions.atomically, Effect.mapError(storeFailed)),
      noteOpening: ({ payload: { why } }) =>
        audit
          .record({
            action: why === null ? "vault.opened" : "vault.refused",
            actor: owner,
            subject: "vault",
            outcome: why === null ? "ok" : "refused",
            detail: why === null ? {} : { why }
          })
          .pipe(Effect.as({ done: true }), Effect.mapError(storeFailed)),
      secrets: () => Effect.mapError(store.secrets, storeFailed),
      putSecret: ({ params: { name }, payload }) =>
        vault.take({ ...payload, name }).pipe(
          Effect.as({ done: true }),
          Effect.catchTags({
            StoreError: () => Effect.fail(storeFailed()),
            VaultDamaged: () =>
              Effect.fail(refused("This was not sealed with the vault's key: nothing is stored."))
          })
        ),
      removeSecret: ({ params: { name } }) =>
        vault.remove(name).pipe(
          Effect.map((done) => ({ done })),
          Effect.mapError(storeFailed)
        )
    })
  })
)
