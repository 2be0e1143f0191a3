// SPDX-License-Identifier: MIT OR Apache-2.0
/** A file on its way out, as the outbox keeps it: text whole, all else by its place and hash. */
import * as Schema from "effect/Schema"

export const Text = Schema.Struct({ body: Schema.String, plain: Schema.String })
export type Text = typeof Text.Type

/** Code of a reply. Where it is not taken as a file, its message is sent as the text that it holds. */
const Written = Schema.TaggedStruct("Written", {
  name: Schema.NonEmptyString,
  content: Schema.String
})

/** A file of the workspace. Where it cannot be sent, the person is told so in its place. */
const Stored = Schema.TaggedStruct("Stored", {
  name: Schema.NonEmptyString,
  /** Within the workspace. */
  path: Schema.NonEmptyString,
  sha256: Schema.NonEmptyString,
  shown: Schema.Literals(["photo", "animation", "document"]),
  caption: Schema.String
})
export type Stored = typeof Stored.Type

export const FileToSend = Schema.Union([Written, Stored])
export type FileToSend = typeof FileToSend.Type
