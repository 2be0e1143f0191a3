// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a recording that a person sent: its transcript, or why there is none. */
import * as Effect from "effect/Effect"
import type { Attachment, Part } from "../../domain/Message.ts"
import { shownTranscript, transcriptParts } from "../../domain/transcript.ts"
import type { Turn } from "../../domain/Turn.ts"
import type { StoreError } from "../Store.ts"
import type { Saved } from "../Workspace.ts"
import { explain } from "./explain.ts"
import type { Hearing } from "./Hearing.ts"

export const isRecording = ({ kind }: Attachment): boolean =>
  kind === "voice" || kind === "audio" || kind === "video_note"

export interface Heard {
  /** In the place of the attachment. */
  readonly parts: ReadonlyArray<Part>
  /** Shown to the person, in Markdown. */
  readonly said?: string
}

export const hear = (
  hearing: Hearing["Service"],
  turn: Turn,
  attachment: Attachment,
  { absolutePath, mediaType, path, size }: Saved
): Effect.Effect<Heard, StoreError> => {
  const without = (problem: string): Heard => ({ parts: [{ ...attachment, path, problem }] })
  return hearing
    .hear(
      turn,
      { path: absolutePath, mediaType },
      { seconds: attachment.seconds ?? null, bytes: size }
    )
    .pipe(
      Effect.map((text): Heard => ({
        parts: transcriptParts(attachment, text),
        said: shownTranscript(attachment, text)
      })),
      Effect.catchTags({
        TranscriptionFailed: ({ message }) => Effect.succeed(without(message)),
        BudgetExceeded: (error) => Effect.succeed(without(explain(error).replace(/^⚠️ /, "")))
      })
    )
}
