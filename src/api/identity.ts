// SPDX-License-Identifier: MIT OR Apache-2.0
/** Devices and keys, and the way from a signed challenge to a token. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { IdentityName, Scopes } from "../domain/identity.ts"
import { Needs } from "./access.ts"
import { BadRequest, NotFound, StoreFailed, TooManyRequests, Unauthorized } from "./errors.ts"

const Time = Schema.String
const rowTimes = {
  created_at: Time,
  last_used_at: Schema.NullOr(Time),
  revoked_at: Schema.NullOr(Time)
}
const identity = { id: Schema.String, name: Schema.String, scopes: Scopes }

export const DeviceRow = Schema.Struct({ ...identity, public_key: Schema.String, ...rowTimes })
export type DeviceRow = typeof DeviceRow.Type
export const KeyRow = Schema.Struct({ ...identity, ...rowTimes })
export type KeyRow = typeof KeyRow.Type
export const NewDevice = Schema.Struct(identity)
export type NewDevice = typeof NewDevice.Type
const NewKey = Schema.Struct({ ...identity, key: Schema.String })
const Withdrawn = Schema.Struct({ ...identity, was: Schema.Literals(["in use", "waiting"]) })
export type Withdrawn = typeof Withdrawn.Type
export const CodeRow = Schema.Struct({ ...identity, expires_at: Time })
export type CodeRow = typeof CodeRow.Type
const NewCode = Schema.Struct({ code: Schema.String, expires_at: Time })

const asked = { name: IdentityName, scopes: Scopes }
const Which = Schema.Struct({ id: Schema.NonEmptyString })
const Short = Schema.String.check(Schema.isMaxLength(1024))
/** 32 bytes, raw or as SubjectPublicKeyInfo, in base64. */
const PublicKey = Schema.Uint8ArrayFromBase64

export class IdentityApi extends HttpApiGroup.make("identity", { topLevel: true })
  .add(
    HttpApiEndpoint.get("devices", "/v1/devices", {
      success: Schema.Array(DeviceRow),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.post("addDevice", "/v1/devices", {
      payload: Schema.Struct({ ...asked, public_key: PublicKey }),
      success: NewDevice,
      error: [BadRequest, StoreFailed]
    })
  )
  .add(
    HttpApiEndpoint.post("issueCode", "/v1/devices/code", {
      payload: Schema.Struct(asked),
      success: NewCode,
      error: [BadRequest, StoreFailed]
    })
  )
  .add(
    /** Those that nobody has used yet, without the codes themselves. */
    HttpApiEndpoint.get("codes", "/v1/devices/codes", {
      success: Schema.Array(CodeRow),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.post("revokeDevice", "/v1/devices/revoke", {
      payload: Which,
      success: Withdrawn,
      error: [BadRequest, NotFound, StoreFailed]
    })
  )
  .add(
    HttpApiEndpoint.get("keys", "/v1/keys", { success: Schema.Array(KeyRow), error: StoreFailed })
  )
  .add(
    HttpApiEndpoint.post("createKey", "/v1/keys", {
      payload: Schema.Struct(asked),
      success: NewKey,
      error: [BadRequest, StoreFailed]
    })
  )
  .add(
    HttpApiEndpoint.post("revokeKey", "/v1/keys/revoke", {
      payload: Which,
      success: Withdrawn,
      error: [BadRequest, NotFound, StoreFailed]
    })
  )
  .annotateEndpoints(Needs, "admin") {}

export class AuthApi extends HttpApiGroup.make("auth", { topLevel: true })
  .add(
    HttpApiEndpoint.post("challenge", "/v1/auth/challenge", {
      payload: Schema.Struct({
        /** Its id, or its name when no other in use has it. */
        device: Schema.String.check(Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,64}$/u))
      }),
      success: Schema.Struct({ challenge: Schema.String }),
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.post("token", "/v1/auth/token", {
      payload: Schema.Struct({ device: Short, challenge: Short, signature: Short }),
      success: Schema.Struct({ token: Schema.String, expires_in: Schema.Int }),
      error: [Unauthorized, TooManyRequests, StoreFailed]
    })
  )
  .add(
    /** With the one-time code of `blufio device add NAME`. */
    HttpApiEndpoint.post("enroll", "/v1/auth/enroll", {
      payload: Schema.Struct({ code: Short, public_key: PublicKey }),
      success: NewDevice,
      error: [BadRequest, Unauthorized, TooManyRequests, StoreFailed]
    })
  )
  .annotateEndpoints(Needs, "none") {}
