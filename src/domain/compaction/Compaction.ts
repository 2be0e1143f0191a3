// SPDX-License-Identifier: MIT OR Apache-2.0
/** A range of a conversation that is shown to the model condensed, or not at all. */
import * as Schema from "effect/Schema"
import { SessionId, TurnId } from "../Ids.ts"
import { Dropped } from "../context/StepContext.ts"

export const Compaction = Schema.Struct({
  id: Schema.Int,
  session: SessionId,
  /** The turn that ran it. */
  turn: TurnId,
  /** `merge`: over ranges that were condensed before, from their raw messages. */
  kind: Schema.Literals(["range", "merge"]),
  firstMessage: Schema.Int,
  lastMessage: Schema.Int,
  /** The session's newest message when it began: thinking up to here belongs to another prompt. */
  newestMessage: Schema.Int,
  state: Schema.Literals(["started", "finished", "failed"]),
  /** What stands in the prompt in place of the range; empty: the range stays as it is. */
  message: Schema.String,
  /** Why it failed. */
  detail: Schema.String,
  dropped: Schema.fromJsonString(Schema.Array(Dropped)),
  createdAt: Schema.Int
})
export type Compaction = typeof Compaction.Type

/** Something that a person gave and that must not be lost, word for word. */
export const NoteKind = Schema.Literals(["rule", "task", "decision", "name", "fact"])
export type NoteKind = typeof NoteKind.Type

export const Note = Schema.Struct({
  kind: NoteKind,
  text: Schema.String,
  /** The message that it was said in. */
  source: Schema.Int
})
export type Note = typeof Note.Type
