// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault's rows, on the socket only: those who ask seal and open them in their own process. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { SealedSecretJson, VaultHeaderJson } from "../domain/vault.ts"
import { SecretName } from "../domain/secretName.ts"
import { Needs } from "./access.ts"
import { Refused, StoreFailed } from "./errors.ts"

const name = { name: SecretName }
/** `why`: the error's tag, when it did not open. */
const VaultOpening = Schema.Struct({
  why: Schema.NullOr(Schema.Literals(["WrongPassphrase", "VaultDamaged"]))
})
const Done = Schema.Struct({ done: Schema.Boolean })

export class VaultApi extends HttpApiGroup.make("vault", { topLevel: true })
  .add(
    HttpApiEndpoint.get("vault", "/v1/vault", {
      success: Schema.Struct({
        state: Schema.Literals(["absent", "locked", "open", "damaged"]),
        header: Schema.NullOr(VaultHeaderJson),
        /** Names of secrets whose bytes were changed; null while the vault is not open. */
        damaged: Schema.NullOr(Schema.Array(Schema.String))
      }),
      error: StoreFailed
    })
  )
  .add(
    /** `done` is false, and nothing is written, when something else is there. */
    HttpApiEndpoint.put("putVault", "/v1/vault", {
      /** `replaces`: the digest of the header that is there; null when there must be none. */
      payload: Schema.Struct({
        header: VaultHeaderJson,
        replaces: Schema.NullOr(Schema.Uint8ArrayFromBase64)
      }),
      success: Done,
      error: StoreFailed
    })
  )
  .add(
    /** A command opened the vault in its own process, or could not. */
    HttpApiEndpoint.post("noteOpening", "/v1/vault/openings", {
      payload: VaultOpening,
      success: Done,
      error: StoreFailed
    })
  )
  .add(
    HttpApiEndpoint.get("secrets", "/v1/secrets", {
      success: Schema.Array(SealedSecretJson),
      error: StoreFailed
    })
  )
  .add(
    /** Refused when the vault is open and the secret was not sealed under its key. */
    HttpApiEndpoint.put("putSecret", "/v1/secrets/:name", {
      params: name,
      payload: SealedSecretJson,
      success: Done,
      error: [Refused, StoreFailed]
    })
  )
  .add(
    /** `done` is false when there was none. */
    HttpApiEndpoint.delete("removeSecret", "/v1/secrets/:name", {
      params: name,
      success: Done,
      error: StoreFailed
    })
  )
  .annotateEndpoints(Needs, "socket") {}
