// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the append-only, hash-chained record of what matters. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { AuditEvent, AuditFault, AuditRow } from "../domain/audit.ts"
import type { StoreError } from "./Store.ts"

export class Audit extends Context.Service<
  Audit,
  {
    /**
     * Joins the caller's transaction, so that a deed and its record stand or fall together.
     * Texts from outside were scrubbed by the caller; long ones are cut.
     */
    readonly record: (event: AuditEvent) => Effect.Effect<void, StoreError>
    /** The newest `count` rows, oldest first. */
    readonly tail: (count: number) => Effect.Effect<ReadonlyArray<AuditRow>, StoreError>
    /** Reads the whole chain, in pages. `faults` is bounded; empty when every row is as written. */
    readonly verify: Effect.Effect<
      {
        readonly rows: number
        /** The newest hash in hex: who keeps it elsewhere can prove that nothing was rewritten. */
        readonly head: string
        readonly faults: ReadonlyArray<AuditFault>
      },
      StoreError
    >
  }
>()("blufio/services/Audit") {}
