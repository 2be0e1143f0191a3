// SPDX-License-Identifier: MIT OR Apache-2.0
/** What an address asks of who uses it by way of the gateway's port. On the socket all are the owner's. */
import * as Context from "effect/Context"
import type { Scope } from "../domain/scopes.ts"

/** `none`: for everybody. `socket`: not on the port at all. */
export type Access = Scope | "none" | "socket"

export const Needs = Context.Reference<Access>("blufio/api/access/Needs", {
  defaultValue: () => "socket"
})
