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

/** An image or a document for the model to look at. `base64` holds the bytes. */
const FilePart = Schema.TaggedStruct("File", {
  ...provenance,
  mediaType: Schema.String,
  name: Schema.String,
  base64: Schema.String
})

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
