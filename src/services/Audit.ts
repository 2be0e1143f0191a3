// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the append-only, hash-chained record of what matters. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { AuditEvent, AuditRow, AuditVerdict } from "../domain/audit.ts"
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
    /**
     * Reads the whole chain, in pages. `noted`: a hash in hex that was the newest at an earlier time
     * and was kept elsewhere; who could rewrite the whole chain cannot bring it back.
     */
    readonly verify: (noted: Option.Option<string>) => Effect.Effect<AuditVerdict, StoreError>
  }
>()("blufio/services/Audit") {}
