// SPDX-License-Identifier: MIT OR Apache-2.0
/** In whose name something is done, for the audit: who opened the socket is the owner (contract 5). */
import * as Context from "effect/Context"
import { owner } from "../domain/Ids.ts"

/** `owner`, `key:ID` or `device:ID`. */
export const Actor = Context.Reference<string>("blufio/services/Actor", {
  defaultValue: () => owner
})
