// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who is paired or asks to be, and what is said when a decision finds nobody to decide about. */
import * as Schema from "effect/Schema"
import { oneLine } from "./printable.ts"

/** One who may talk to Blufio, or who asks to and holds a code. Times are ISO 8601. */
export const PairingRow = Schema.Struct({
  code: Schema.NullOr(Schema.String),
  state: Schema.Literals(["pending", "approved"]),
  role: Schema.NullOr(Schema.Literals(["owner", "member"])),
  channel: Schema.String,
  address: Schema.String,
  name: Schema.String,
  expires_at: Schema.NullOr(Schema.String),
  approved_at: Schema.NullOr(Schema.String)
})
export type PairingRow = typeof PairingRow.Type

const look = "See: blufio pairing list"

export class NoPendingCode extends Schema.TaggedError<NoPendingCode>()("NoPendingCode", {
  code: Schema.String
}) {
  override get message(): string {
    return `No pairing code ${oneLine(this.code)} is pending: a code lives for one hour. ${look}`
  }
}

export class NobodyToRevoke extends Schema.TaggedError<NobodyToRevoke>()("NobodyToRevoke", {
  codeOrAddress: Schema.String
}) {
  override get message(): string {
    return `${oneLine(this.codeOrAddress)} is neither a pending code nor the address of anybody here. ${look}`
  }
}
