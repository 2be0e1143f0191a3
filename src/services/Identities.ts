// SPDX-License-Identifier: MIT OR Apache-2.0
/** Makes and withdraws what opens the gateway's port: device keys, and keys for programs. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AuditAction } from "../domain/audit.ts"
import { type ApiKey, type Device, isSameBytes, type Scopes } from "../domain/identity.ts"
import { Actor } from "./Actor.ts"
import { Audit } from "./Audit.ts"
import { IdentityStore, type WaitingCode } from "./IdentityStore.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** The same key twice would be one device with two names, or one that was shut out let in again. */
export class DeviceKnown extends Schema.TaggedError<DeviceKnown>()("DeviceKnown", {
  name: Schema.String,
  isRevoked: Schema.Boolean
}) {
  override get message(): string {
    return this.isRevoked
      ? `This public key was the device ${this.name}'s, which was shut out. Make a new key.`
      : `This public key is the device ${this.name}'s already.`
  }
}

/** Two of one name could not be told apart when one has to go. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", {
  what: Schema.Literals(["key", "device"]),
  name: Schema.String
}) {
  override get message(): string {
    return (
      `A ${this.what} that is in use is called ${this.name} already. ` +
      `Choose another name, or first: blufio ${this.what} revoke NAME`
    )
  }
}

/** Of an older version, which let names be given twice. */
export class NameAmbiguous extends Schema.TaggedError<NameAmbiguous>()("NameAmbiguous", {
  what: Schema.Literals(["key", "device"]),
  name: Schema.String,
  count: Schema.Int
}) {
  override get message(): string {
    return (
      `${this.count} ${this.what}s in use are called ${this.name}: none is revoked. ` +
      `Give an ID: blufio ${this.what} list`
    )
  }
}

type Row = Pick<Device, "id" | "name" | "revokedAt">

/** What was withdrawn: one that was in use, or a code that nobody had used yet. */
export type Withdrawn = { readonly id: string; readonly name: string; readonly scopes: Scopes } & {
  readonly was: "in use" | "waiting"
}

/** How a key looks: `blufio_ID_RANDOM`. */
const keyPrefix = "blufio"
const keyBytes = 32
const idBytes = 6
const codeLength = 10
const codeLifetime = Duration.toMillis(Duration.minutes(10))
/** No 0/O, 1/I/L: codes are read from one screen and typed at another. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

export class Identities extends Context.Service<
  Identities,
  {
    readonly addDevice: (
      name: string,
      publicKey: Uint8Array,
      scopes: Scopes
    ) => Effect.Effect<Device, DeviceKnown | NameTaken | StoreError>
    /** A one-time code by which a device may enroll itself within ten minutes; instead of an earlier one of this name. */
    readonly issueCode: (
      name: string,
      scopes: Scopes
    ) => Effect.Effect<
      { readonly code: string; readonly expiresAt: number },
      NameTaken | StoreError
    >
    /** The codes that nobody has used yet, without the codes themselves. */
    readonly codes: Effect.Effect<ReadonlyArray<WaitingCode>, StoreError>
    /** None when the code is none, was used, or is too old. */
    readonly enroll: (
      code: string,
      publicKey: Uint8Array
    ) => Effect.Effect<Option.Option<Device>, DeviceKnown | NameTaken | StoreError>
    /** A device, or a code that waits. */
    readonly revokeDevice: (
      idOrName: string
    ) => Effect.Effect<Option.Option<Withdrawn>, NameAmbiguous | StoreError>
    readonly devices: Effect.Effect<ReadonlyArray<Device>, StoreError>
    /** `key` is shown now and never again. */
    readonly createKey: (
      name: string,
      scopes: Scopes
    ) => Effect.Effect<{ readonly row: ApiKey; readonly key: string }, NameTaken | StoreError>
    readonly revokeKey: (
      idOrName: string
    ) => Effect.Effect<Option.Option<Withdrawn>, NameAmbiguous | StoreError>
    readonly keys: Effect.Effect<ReadonlyArray<ApiKey>, StoreError>
    /** Whose key this is, when it is one that is in use. */
    readonly holderOf: (key: string) => Effect.Effect<Option.Option<ApiKey>, StoreError>
  }
>()("blufio/services/Identities") {
  static readonly layer = Layer.effect(
    Identities,
    Effect.gen(function* () {
      const audit = yield* Audit
      const digest = yield* Digest.Digest
      const random = yield* SecureRandom
      const store = yield* IdentityStore
      const { atomically } = yield* Transactions

      const token = (length: number) => Effect.map(random.randomBytes(length), Base64Url.encode)
      const newId = Effect.map(token(idBytes), (id) => id.replaceAll(/[-_]/g, "x"))
      const hashOf = (text: string) =>
        Effect.orDie(digest.digest(Digest.sha256, new TextEncoder().encode(text)))
      const record = (
        action: AuditAction,
        { id, name, scopes }: Pick<Device, "id" | "name" | "scopes">
      ) =>
        Effect.flatMap(Actor, (actor) =>
          audit.record({
            action,
            actor,
            subject: id,
            outcome: "ok",
            detail: { name, scopes: scopes.join(",") }
          })
        )

      const refuseTaken = (what: "key" | "device", rows: ReadonlyArray<Row>, name: string) =>
        rows.some((row) => row.revokedAt === null && row.name === name)
          ? Effect.fail(new NameTaken({ what, name }))
          : Effect.void

      const addDevice: Identities["Service"]["addDevice"] = Effect.fn("Identities.addDevice")(
        function* (name, publicKey, scopes) {
          const known = (yield* store.devices).find((device) =>
            isSameBytes(device.publicKey, publicKey)
          )
          if (known !== undefined)
            return yield* new DeviceKnown({ name: known.name, isRevoked: known.revokedAt !== null })
          yield* refuseTaken("device", yield* store.devices, name)
          const device: Device = {
            id: yield* newId,
            name,
            publicKey,
            scopes,
            createdAt: yield* Clock.currentTimeMillis,
            lastUsedAt: null,
            revokedAt: null
          }
          yield* store.addDevice(device)
          yield* record("device.added", device)
          return device
        },
        atomically
      )

      const codes = Effect.flatMap(Clock.currentTimeMillis, store.codes)

      /** By id, else by name when only one has it. */
      const inUse = Effect.fnUntraced(function* <A extends Row>(
        what: "key" | "device",
        rows: ReadonlyArray<A>,
        idOrName: string
      ) {
        const active = rows.filter(({ revokedAt }) => revokedAt === null)
        const exact = active.find(({ id }) => id === idOrName)
        if (exact !== undefined) return exact
        const named = active.filter(({ name }) => name === idOrName)
        if (named.length > 1)
          return yield* new NameAmbiguous({ what, name: idOrName, count: named.length })
        return named[0]
      })

      const withdrawn = ({ id, name, scopes }: Omit<Withdrawn, "was">, was: Withdrawn["was"]) =>
        Option.some<Withdrawn>({ id, name, scopes, was })

      const revokeDevice = Effect.fn("Identities.revokeDevice")(function* (idOrName: string) {
        const device = yield* inUse("device", yield* store.devices, idOrName)
        if (device !== undefined) {
          yield* store.revokeDevice(device.id, yield* Clock.currentTimeMillis)
          yield* record("device.revoked", device)
          return withdrawn(device, "in use")
        }
        const code = (yield* codes).find(({ id, name }) => id === idOrName || name === idOrName)
        if (code === undefined) return Option.none<Withdrawn>()
        yield* store.dropCode(code.id)
        return withdrawn(code, "waiting")
      }, atomically)

      const revokeKey = Effect.fn("Identities.revokeKey")(function* (idOrName: string) {
        const key = yield* inUse("key", yield* store.keys, idOrName)
        if (key === undefined) return Option.none<Withdrawn>()
        yield* store.revokeKey(key.id, yield* Clock.currentTimeMillis)
        yield* record("key.revoked", key)
        return withdrawn(key, "in use")
      }, atomically)

      const createKey = Effect.fn("Identities.createKey")(function* (name: string, scopes: Scopes) {
        yield* refuseTaken("key", yield* store.keys, name)
        const id = yield* newId
        const key = `${keyPrefix}_${id}_${yield* token(keyBytes)}`
        const row: ApiKey = {
          id,
          name,
          hash: yield* hashOf(key),
          scopes,
          createdAt: yield* Clock.currentTimeMillis,
          lastUsedAt: null,
          revokedAt: null
        }
        yield* store.addKey(row)
        yield* record("key.created", row)
        return { row, key }
      }, atomically)

      const issueCode = Effect.fn("Identities.issueCode")(function* (name: string, scopes: Scopes) {
        yield* refuseTaken("device", yield* store.devices, name)
        const indexes = yield* Effect.all(
          Array.from({ length: codeLength }, () =>
            random.intBetween(0, alphabet.length, { halfOpen: true })
          )
        )
        const code = indexes.map((index) => alphabet[index]).join("")
        const expiresAt = (yield* Clock.currentTimeMillis) + codeLifetime
        for (const earlier of yield* codes)
          if (earlier.name === name) yield* store.dropCode(earlier.id)
        yield* store.addCode({ hash: yield* hashOf(code), name, scopes, expiresAt })
        return { code, expiresAt }
      }, atomically)

      const enroll = Effect.fn("Identities.enroll")(function* (
        code: string,
        publicKey: Uint8Array
      ) {
        const hash = yield* hashOf(code.replaceAll(/[\s-]/g, "").toUpperCase())
        const now = yield* Clock.currentTimeMillis
        const granted = yield* store.takeCode(hash, now)
        if (Option.isNone(granted)) return Option.none()
        const { name, scopes } = granted.value
        const device = addDevice(name, publicKey, scopes)
        return Option.some(yield* Effect.provideService(device, Actor, "code"))
      }, atomically)

      return Identities.of({
        addDevice,
        issueCode,
        enroll,
        createKey,
        devices: store.devices,
        keys: store.keys,
        revokeDevice,
        revokeKey,
        codes,
        holderOf: Effect.fn("Identities.holderOf")(function* (key: string) {
          const hash = yield* hashOf(key)
          // Every row is compared, so that the time taken does not tell which one matched.
          const same = (yield* store.keys).filter((row) => isSameBytes(row.hash, hash))
          return Option.fromUndefinedOr(same.find((row) => row.revokedAt === null))
        })
      })
    })
  )
}
