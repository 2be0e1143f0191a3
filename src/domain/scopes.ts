// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the holder of a key or a device may do over HTTP (contract 5). */
import * as Schema from "effect/Schema"

export const Scope = Schema.Literals(["chat", "read", "admin", "metrics", "mcp"]).annotate({
  expected: "a scope: chat, read, admin, metrics or mcp"
})
export type Scope = typeof Scope.Type

/** `admin` may read too; nothing else implies anything. */
export const allows = (granted: ReadonlyArray<Scope>, wanted: Scope): boolean =>
  granted.includes(wanted) || (wanted === "read" && granted.includes("admin"))
