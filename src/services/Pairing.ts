// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who may talk to Blufio: unknown people get a code, the owner approves it (contract 2). */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ChannelName, PersonId } from "../domain/Ids.ts"
import type { PairingRow } from "../domain/pairing.ts"
import type { StoreError } from "./Store.ts"

/** Someone on a channel, as the channel names them. */
export const Contact = Schema.Struct({
  channel: ChannelName,
  /** The channel's id of the person, e.g. Telegram's numeric one. */
  address: Schema.NonEmptyString,
  displayName: Schema.String
})
export type Contact = typeof Contact.Type

export const Admission = Schema.Union([
  Schema.TaggedStruct("Known", { person: PersonId }),
  /** Unknown: tell them this code. The same one again while it lives. */
  Schema.TaggedStruct("Code", { code: Schema.NonEmptyString }),
  /** Unknown, and too many codes are pending: stay silent. */
  Schema.TaggedStruct("Silent", {})
]).pipe(Schema.toTaggedUnion("_tag"))
export type Admission = typeof Admission.Type

export class Pairing extends Context.Service<
  Pairing,
  {
    /** Decides about an incoming message's author. Costs nothing but a row; codes live one hour, at most 3 pend. */
    readonly admit: (contact: Contact) => Effect.Effect<Admission, StoreError>
    /** Who was approved under that address; a stranger gets no code by this. */
    readonly find: (
      contact: Pick<Contact, "channel" | "address">
    ) => Effect.Effect<Option.Option<PersonId>, StoreError>
    readonly list: Effect.Effect<ReadonlyArray<PairingRow>, StoreError>
    /** `None` when no such code is pending. The first person ever approved becomes the owner. */
    readonly approve: (code: string) => Effect.Effect<Option.Option<PairingRow>, StoreError>
    /** By pending code, or by `channel:address` or bare address of someone approved or pending. */
    readonly revoke: (codeOrAddress: string) => Effect.Effect<Option.Option<PairingRow>, StoreError>
  }
>()("blufio/services/Pairing") {}
