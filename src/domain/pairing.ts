// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is said when a decision about a person finds nobody to decide about. */
import * as Schema from "effect/Schema"
import { oneLine } from "./printable.ts"

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
    return `${oneLine(this.codeOrAddress)} is neither a pending code nor an approved person. ${look}`
  }
}
