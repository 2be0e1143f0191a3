// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: how people are called, for what others in a chat read of them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { PersonId } from "../domain/Ids.ts"
import type { StoreError } from "./Store.ts"

export class PersonNames extends Context.Service<
  PersonNames,
  {
    /** As their channel calls them now; in the transaction at hand. */
    readonly note: (person: PersonId, name: string) => Effect.Effect<void, StoreError>
    /** The name noted last, or that of their pairing; the id when there is none. */
    readonly of: (person: PersonId) => Effect.Effect<string, StoreError>
  }
>()("blufio/services/PersonNames") {}
