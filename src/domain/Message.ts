// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is said in a conversation, by whom, and whether its author is trusted (invariant 7). */
import * as Schema from "effect/Schema"

/** Where a part came from. Only what a known person typed, and what Blufio itself wrote, is trusted. */
const Origin = Schema.Literals([
  "person",
  "model",
  "blufio",
  "tool",
  "forward",
  "file",
  "web",
  "skill"
])
export type Origin = typeof Origin.Type

const provenance = { origin: Origin, trusted: Schema.Boolean }

/** Vendor data that must go back unchanged (a thinking block's signature), keyed by provider. */
const ProviderData = Schema.Record(Schema.String, Schema.NullOr(Schema.Json))

export const TextPart = Schema.TaggedStruct("Text", { ...provenance, text: Schema.String })

/** How a channel finds one form of a file: its own reference, and what it says of it. */
const Source = Schema.Struct({
  ref: Schema.NonEmptyString,
  size: Schema.optionalKey(Schema.Int),
  width: Schema.optionalKey(Schema.Int),
  height: Schema.optionalKey(Schema.Int)
})

const FileKind = Schema.Literals([
  "photo",
  "document",
  "voice",
  "audio",
  "video_note",
  "video",
  "animation"
])
export type FileKind = typeof FileKind.Type

/** A file that was sent and is not fetched yet; or, with a `problem`, one that cannot be shown. */
export const AttachmentPart = Schema.TaggedStruct("Attachment", {
  ...provenance,
  kind: FileKind,
  /** The channel's own id of the content: the same for the same file, sent twice. */
  unique: Schema.String,
  /** The same picture in several sizes, the one to be preferred first. */
  sources: Schema.NonEmptyArray(Source),
  /** As the sender's program says. */
  mediaType: Schema.String,
  /** Fit to be shown, never a path; may be empty. */
  name: Schema.String,
  seconds: Schema.optionalKey(Schema.Finite),
  /** It came with the message that this one answers, not with this one. */
  isReferred: Schema.optionalKey(Schema.Literal(true)),
  /** In the workspace, once it is there. */
  path: Schema.optionalKey(Schema.NonEmptyString),
  /** Why it is not shown and what can be done, as a sentence. */
  problem: Schema.optionalKey(Schema.NonEmptyString)
})
export type Attachment = typeof AttachmentPart.Type

/** An image or a document for the model to look at. Its bytes are kept under their hash. */
export const FilePart = Schema.TaggedStruct("File", {
  ...provenance,
  mediaType: Schema.String,
  name: Schema.String,
  sha256: Schema.NonEmptyString,
  size: Schema.Int,
  width: Schema.optionalKey(Schema.Int),
  height: Schema.optionalKey(Schema.Int),
  /** Of a PDF, as far as it says. */
  pages: Schema.optionalKey(Schema.Int),
  /** Why it is not shown any more and what can be done, as a sentence. */
  problem: Schema.optionalKey(Schema.NonEmptyString)
})
export type FilePart = typeof FilePart.Type

const ReasoningPart = Schema.TaggedStruct("Reasoning", {
  ...provenance,
  text: Schema.String,
  providerData: ProviderData
})

const ToolCallPart = Schema.TaggedStruct("ToolCall", {
  ...provenance,
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  /** As the model wrote them: not yet decoded by the tool's schema. */
  params: Schema.Json
})

const ToolResultPart = Schema.TaggedStruct("ToolResult", {
  ...provenance,
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  isFailure: Schema.Boolean,
  text: Schema.String
})

export const Part = Schema.Union([
  TextPart,
  AttachmentPart,
  FilePart,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart
]).pipe(Schema.toTaggedUnion("_tag"))
export type Part = typeof Part.Type
export type ToolCall = typeof ToolCallPart.Type
export type ToolResult = typeof ToolResultPart.Type

export const Role = Schema.Literals(["user", "assistant", "tool"])
export type Role = typeof Role.Type

/** Text that a known person typed. */
export const personText = (text: string) => TextPart.make({ origin: "person", trusted: true, text })

/** The readable text of some parts, joined by line breaks. */
export const textOf = (parts: ReadonlyArray<Part>): string =>
  parts.flatMap((part) => (part._tag === "Text" ? [part.text] : [])).join("\n")

/** What the person typed: without notes of ours, and without what they relay from others. */
export const typedOf = (parts: ReadonlyArray<Part>): string =>
  textOf(parts.filter(({ origin, trusted }) => trusted && origin === "person"))
