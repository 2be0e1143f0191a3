// SPDX-License-Identifier: MIT OR Apache-2.0
/** Over HTTP: who may talk to Blufio, and who asks to. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as Option from "effect/Option"
import { Api } from "../../api/Api.ts"
import { NobodyToRevoke, NoPendingCode, type PairingRow } from "../../domain/pairing.ts"
import { Pairing } from "../../services/Pairing.ts"
import type { StoreError } from "../../services/Store.ts"
import { notFound, storeFailed } from "./failures.ts"

/** The row, or 404 with the sentence of what was missing. */
const orNotFound = (
  found: Effect.Effect<Option.Option<PairingRow>, StoreError>,
  missing: NoPendingCode | NobodyToRevoke
) =>
  found.pipe(
    Effect.mapError(storeFailed),
    Effect.flatMap((row) =>
      Effect.mapError(Effect.fromOption(row), () => notFound(missing.message))
    )
  )

export const layer = HttpApiBuilder.group(
  Api,
  "pairing",
  Effect.fnUntraced(function* (handlers) {
    const pairing = yield* Pairing
    return handlers.handleAll({
      pairings: () => Effect.mapError(pairing.list, storeFailed),
      approvePairing: ({ payload: { code } }) =>
        orNotFound(pairing.approve(code), new NoPendingCode({ code })),
      revokePairing: ({ payload: { code } }) =>
        orNotFound(pairing.revoke(code), new NobodyToRevoke({ codeOrAddress: code }))
    })
  })
)
