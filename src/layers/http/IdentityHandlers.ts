// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over HTTP: devices and keys. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { Api } from "../../api/Api.ts"
import type { CodeRow, DeviceRow, KeyRow, NewDevice } from "../../api/identity.ts"
import { type ApiKey, type Device, rawPublicKey } from "../../domain/identity.ts"
import { Auth, type NotProven, type TooManyFailures } from "../../services/Auth.ts"
import {
  type DeviceKnown,
  Identities,
  type NameAmbiguous,
  type NameTaken,
  type Withdrawn
} from "../../services/Identities.ts"
import type { WaitingCode } from "../../services/IdentityStore.ts"
import type { StoreError } from "../../services/Store.ts"
import { badRequest, notFound, storeFailed, tooMany, unauthorized } from "./failures.ts"

const isoTime = (millis: number) => DateTime.formatIso(DateTime.makeUnsafe(millis))
const isoOrNull = (millis: number | null) => (millis === null ? null : isoTime(millis))

const timesOf = ({ createdAt, lastUsedAt, revokedAt }: Device | ApiKey) => ({
  created_at: isoTime(createdAt),
  last_used_at: isoOrNull(lastUsedAt),
  revoked_at: isoOrNull(revokedAt)
})
const shortOf = ({ id, name, scopes }: Device | ApiKey): NewDevice => ({ id, name, scopes })

export const deviceRow = (device: Device): DeviceRow => ({
  ...shortOf(device),
  public_key: Base64.encode(device.publicKey),
  ...timesOf(device)
})
export const keyRow = (key: ApiKey): KeyRow => ({ ...shortOf(key), ...timesOf(key) })

export const waitingRow = ({ expiresAt, id, name, scopes }: WaitingCode): CodeRow => ({
  id,
  name,
  scopes,
  expires_at: isoTime(expiresAt)
})

export const codeRow = ({
  code,
  expiresAt
}: {
  readonly code: string
  readonly expiresAt: number
}) => ({
  code,
  expires_at: isoTime(expiresAt)
})

const badKey = badRequest("public_key: expected the 32 bytes of an Ed25519 key in base64")

/** The raw key, or 400. */
const keyOf = (bytes: Uint8Array) =>
  Effect.mapError(Effect.fromOption(Option.fromUndefinedOr(rawPublicKey(bytes))), () => badKey)

/** What the caller can mend is told; the rest stands in the log. */
const said = (error: DeviceKnown | NameTaken | NameAmbiguous | StoreError) =>
  error._tag === "StoreError" ? storeFailed() : badRequest(error.message)

const orNotFound = (
  found: Effect.Effect<Option.Option<Withdrawn>, NameAmbiguous | StoreError>,
  what: string
) =>
  found.pipe(
    Effect.mapError(said),
    Effect.flatMap((row) =>
      Effect.mapError(Effect.fromOption(row), () => notFound(`There is no such ${what} in use.`))
    )
  )

export const layer = HttpApiBuilder.group(
  Api,
  "identity",
  Effect.fnUntraced(function* (handlers) {
    const identities = yield* Identities
    return handlers.handleAll({
      devices: () =>
        identities.devices.pipe(
          Effect.map((all) => all.map(deviceRow)),
          Effect.mapError(storeFailed)
        ),
      addDevice: ({ payload: { name, public_key, scopes } }) =>
        Effect.flatMap(keyOf(public_key), (key) =>
          identities
            .addDevice(name, key, scopes)
            .pipe(Effect.mapBoth({ onSuccess: shortOf, onFailure: said }))
        ),
      issueCode: ({ payload: { name, scopes } }) =>
        identities
          .issueCode(name, scopes)
          .pipe(Effect.mapBoth({ onSuccess: codeRow, onFailure: said })),
      codes: () =>
        identities.codes.pipe(
          Effect.map((all) => all.map(waitingRow)),
          Effect.mapError(storeFailed)
        ),
      revokeDevice: ({ payload: { id } }) => orNotFound(identities.revokeDevice(id), "device"),
      keys: () =>
        identities.keys.pipe(
          Effect.map((all) => all.map(keyRow)),
          Effect.mapError(storeFailed)
        ),
      createKey: ({ payload: { name, scopes } }) =>
        identities.createKey(name, scopes).pipe(
          Effect.map(({ key, row }) => ({ ...shortOf(row), key })),
          Effect.mapError(said)
        ),
      revokeKey: ({ payload: { id } }) => orNotFound(identities.revokeKey(id), "key")
    })
  })
)

/** Who knocks: the socket's callers have no address. */
export const remoteAddress = Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
  Option.getOrElse(request.remoteAddress, () => "socket")
)

const authFailed = (error: NotProven | TooManyFailures | StoreError) => {
  switch (error._tag) {
    case "NotProven":
      return unauthorized("The proof does not hold: ask for a new challenge, or a new code.")
    case "TooManyFailures":
      return tooMany(error.message)
    case "StoreError":
      return storeFailed()
  }
}

export const authLayer = HttpApiBuilder.group(
  Api,
  "auth",
  Effect.fnUntraced(function* (handlers) {
    const auth = yield* Auth
    const identities = yield* Identities
    /** One guess at a time: each is counted before the next is looked at. */
    const guesses = yield* Semaphore.make(1)
    return handlers.handleAll({
      challenge: ({ payload: { device } }) =>
        auth.challenge(device).pipe(
          Effect.map((challenge) => ({ challenge })),
          Effect.mapError(storeFailed)
        ),
      token: ({ payload }) =>
        Effect.flatMap(remoteAddress, (address) => auth.token(payload, address)).pipe(
          Effect.map(({ expiresInSeconds, token }) => ({ token, expires_in: expiresInSeconds })),
          Effect.mapError(authFailed)
        ),
      enroll: Effect.fnUntraced(function* ({ payload: { code, public_key } }) {
        const address = yield* remoteAddress
        const key = yield* keyOf(public_key)
        return yield* Effect.gen(function* () {
          yield* Effect.mapError(auth.mayGuess(address), authFailed)
          const enrolled = yield* Effect.mapError(identities.enroll(code, key), said)
          if (Option.isSome(enrolled)) return shortOf(enrolled.value)
          return yield* Effect.mapError(auth.refuse(address, "code"), authFailed)
        }).pipe(guesses.withPermit)
      })
    })
  })
)
