// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault on AES-256-GCM and Argon2id. While it is open, its data key is what memory holds. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "node:crypto"
import type { AuditAction, AuditDetail, AuditOutcome } from "../../domain/audit.ts"
import type { SecretName } from "../../domain/secretName.ts"
import type { SealedSecret } from "../../domain/vault.ts"
import { Actor } from "../../services/Actor.ts"
import { Audit } from "../../services/Audit.ts"
import { Redactor } from "../../services/Redactor.ts"
import { Transactions } from "../../services/Store.ts"
import { Vault, VaultChanged, VaultDamaged, VaultLocked } from "../../services/Vault.ts"
import { lockedHint } from "../../services/vaultProblems.ts"
import { VaultStore } from "../../services/VaultStore.ts"
import { ofPurpose, ofSecret } from "./associated.ts"
import { seal, unseal } from "./cipher.ts"
import { keyLength, unwrap, wrap } from "./header.ts"

const locked = new VaultLocked({ hint: lockedHint })

/** A secret's last use is written at most this often. */
const noteUseEveryMillis = 60_000
const nonceLength = 12

const whyRefused = { WrongPassphrase: "wrong passphrase", VaultDamaged: "damaged" } as const

interface Released {
  readonly version: number
  readonly value: Redacted.Redacted
  notedAt: number
}

const make = (actor: string) =>
  Effect.gen(function* () {
    const audit = yield* Audit
    const redactor = yield* Redactor
    const store = yield* VaultStore
    const transactions = yield* Transactions
    /** Absent while the vault is locked. */
    let dataKey: Uint8Array | undefined
    const released = new Map<string, Released>()
    const reported = new Set<string>()
    yield* Effect.addFinalizer(() => Effect.sync(() => dataKey?.fill(0)))

    const record = (
      action: AuditAction,
      subject: string,
      outcome: AuditOutcome = "ok",
      detail: AuditDetail = {}
    ) => audit.record({ action, actor, subject, outcome, detail })

    /** What somebody told us to do, which is not ours. */
    const recordFor = (action: AuditAction, subject: string, detail: AuditDetail = {}) =>
      Effect.flatMap(Actor, (actor) =>
        audit.record({ action, actor, subject, outcome: "ok", detail })
      )

    const key = Effect.suspend(() =>
      dataKey === undefined ? Effect.fail(locked) : Effect.succeed(dataKey)
    )

    /** Hands a secret's bytes to one use and wipes them; `undefined` when it was changed. */
    const withPlain = <A>(key: Uint8Array, secret: SealedSecret, use: (plain: Uint8Array) => A) => {
      const plain = unseal(key, secret, ofSecret(secret.name, secret.version))
      if (plain === undefined) return undefined
      const result = use(plain)
      plain.fill(0)
      return { result }
    }

    const watch = (key: Uint8Array, secret: SealedSecret) =>
      withPlain(key, secret, (plain) => {
        redactor.unwatch(secret.name)
        redactor.watch(secret.name, plain)
      }) !== undefined

    /** Told once, however often it is asked for. */
    const reportDamage = Effect.fnUntraced(function* (name: string) {
      if (reported.has(name)) return
      reported.add(name)
      yield* Effect.logError(new VaultDamaged({ secret: name }).message)
      yield* record("vault.damaged", name, "failed")
    })

    const settle = Effect.fnUntraced(function* (opened: Uint8Array) {
      dataKey = opened
      for (const secret of yield* store.secrets)
        if (!watch(opened, secret)) yield* reportDamage(secret.name)
    })

    const header = Effect.flatMap(
      store.header,
      Option.match({
        onNone: () =>
          Effect.flatMap(store.secrets, (secrets) =>
            secrets.length > 0
              ? Effect.fail(new VaultDamaged({ secret: null }))
              : Effect.die("there is no vault to open")
          ),
        onSome: Effect.succeed
      })
    )

    const unwrapped = Effect.fnUntraced(function* (passphrase: Uint8Array) {
      return yield* unwrap(yield* header, passphrase).pipe(
        Effect.tapError((error) =>
          record("vault.refused", "vault", "refused", { why: whyRefused[error._tag] })
        )
      )
    })

    const state: Vault["Service"]["state"] = Effect.gen(function* () {
      if (dataKey !== undefined) return "open"
      if (Option.isSome(yield* store.header)) return "locked"
      return (yield* store.secrets).length > 0 ? "damaged" : "absent"
    })

    const create = Effect.fn("Vault.create")(function* (passphrase: Uint8Array) {
      if ((yield* state) === "damaged") return yield* new VaultDamaged({ secret: null })
      const now = yield* Clock.currentTimeMillis
      const fresh = randomBytes(keyLength)
      const made = yield* wrap(fresh, passphrase, { createdAt: now, changedAt: now })
      yield* transactions.atomically(
        Effect.gen(function* () {
          if (!(yield* store.putHeader(made, Option.none()))) return yield* new VaultChanged()
          yield* record("vault.created", "vault")
        })
      )
      dataKey = fresh
    })

    const open = Effect.fn("Vault.open")(function* (passphrase: Uint8Array) {
      const opened = yield* unwrapped(passphrase)
      yield* record("vault.opened", "vault")
      yield* settle(opened)
    })

    const changePassphrase = Effect.fn("Vault.changePassphrase")(function* (
      current: Uint8Array,
      next: Uint8Array
    ) {
      const last = yield* header
      const opened = yield* unwrapped(current)
      const changedAt = yield* Clock.currentTimeMillis
      const made = yield* wrap(opened, next, { createdAt: last.createdAt, changedAt }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            if (opened !== dataKey) opened.fill(0)
          })
        )
      )
      yield* transactions.atomically(
        Effect.gen(function* () {
          if (!(yield* store.putHeader(made, Option.some(last.digest))))
            return yield* new VaultChanged()
          yield* record("vault.passphrase_changed", "vault")
        })
      )
    })

    const find = (name: string) =>
      Effect.map(store.secrets, (all) => all.find((secret) => secret.name === name))

    const put = Effect.fn("Vault.put")(function* (name: SecretName, value: Uint8Array) {
      const opened = yield* key
      const now = yield* Clock.currentTimeMillis
      const sealed = yield* transactions.atomically(
        Effect.gen(function* () {
          const known = yield* find(name)
          const version = (known?.version ?? 0) + 1
          const secret: SealedSecret = {
            name,
            version,
            ...seal(opened, value, ofSecret(name, version)),
            createdAt: known?.createdAt ?? now,
            updatedAt: now,
            lastUsedAt: null
          }
          yield* store.put(secret)
          yield* recordFor("secret.set", name, { version })
          return secret
        })
      )
      watch(opened, sealed)
      reported.delete(name)
      return sealed.version
    })

    const take = Effect.fn("Vault.take")(function* (secret: SealedSecret) {
      const isProven = dataKey === undefined || watch(dataKey, secret)
      if (!isProven) return yield* new VaultDamaged({ secret: secret.name })
      reported.delete(secret.name)
      yield* transactions.atomically(
        Effect.andThen(
          store.put(secret),
          recordFor("secret.set", secret.name, { version: secret.version })
        )
      )
    })

    const noteUse = Effect.fnUntraced(function* (name: string, entry: Released, isFirst: boolean) {
      const now = yield* Clock.currentTimeMillis
      if (!isFirst && now - entry.notedAt < noteUseEveryMillis) return
      entry.notedAt = now
      yield* store.used(name, now)
      if (isFirst) yield* record("secret.used", name)
    })

    const get = Effect.fn("Vault.get")(function* (name: SecretName) {
      const opened = yield* key
      const secret = yield* find(name)
      if (secret === undefined) return Option.none()
      const last = released.get(name)
      if (last?.version === secret.version) {
        yield* noteUse(name, last, false)
        return Option.some(last.value)
      }
      const plain = withPlain(opened, secret, (bytes) =>
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")
      )
      if (plain === undefined) {
        yield* reportDamage(name)
        return yield* new VaultDamaged({ secret: name })
      }
      const value = Redacted.make(plain.result, { label: name })
      redactor.learn(name, value)
      const entry: Released = { version: secret.version, value, notedAt: 0 }
      released.set(name, entry)
      yield* noteUse(name, entry, true)
      return Option.some(value)
    })

    const remove = Effect.fn("Vault.remove")(function* (name: SecretName) {
      const wasThere = yield* transactions.atomically(
        Effect.tap(store.remove(name), (wasThere) =>
          wasThere ? recordFor("secret.removed", name) : Effect.void
        )
      )
      redactor.unwatch(name)
      released.delete(name)
      return wasThere
    })

    const reset = Effect.gen(function* () {
      const names = (yield* store.secrets).map(({ name }) => name)
      yield* store.clear
      yield* recordFor("vault.reset", "vault", { secrets: names.length })
      dataKey?.fill(0)
      dataKey = undefined
      released.clear()
      return names
    }).pipe(transactions.atomically)

    return Vault.of({
      state,
      reset,
      create,
      open,
      changePassphrase,
      put,
      take,
      get,
      remove,
      list: Effect.map(store.secrets, (all) =>
        all.map(({ createdAt, lastUsedAt, name, updatedAt }) => ({
          name,
          createdAt,
          updatedAt,
          lastUsedAt
        }))
      ),
      damaged: Effect.gen(function* () {
        const opened = yield* key
        const all = yield* store.secrets
        return all
          .filter((secret) => withPlain(opened, secret, () => undefined) === undefined)
          .map(({ name }) => name)
      }),
      seal: (purpose, bytes) =>
        Effect.map(key, (opened) => {
          const { ciphertext, nonce } = seal(opened, bytes, ofPurpose(purpose))
          return Buffer.concat([nonce, ciphertext])
        }),
      unseal: (purpose, sealed) =>
        Effect.map(key, (opened) => {
          const parts = {
            nonce: sealed.subarray(0, nonceLength),
            ciphertext: sealed.subarray(nonceLength)
          }
          return Option.fromUndefinedOr(unseal(opened, parts, ofPurpose(purpose)))
        })
    })
  })

/** `actor`: in whose name the audit has it, `owner` or `daemon`. The key is wiped with the scope. */
export const layer = (actor: string) => Layer.effect(Vault, make(actor))
