// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a recording that a person sent: its transcript, or why there is none. */
import * as Effect from "effect/Effect"
import type { Attachment } from "../../domain/Message.ts"
import { shownTranscript, transcriptParts } from "../../domain/transcript.ts"
import type { Turn } from "../../domain/Turn.ts"
import type { StoreError } from "../Store.ts"
import type { Saved } from "../Workspace.ts"
import { explain } from "./explain.ts"
import type { Hearing } from "./Hearing.ts"
import type { Made } from "./showFile.ts"

export const isRecording = ({ kind }: Attachment): boolean =>
  kind === "voice" || kind === "audio" || kind === "video_note"

export const hear = (
  hearing: Hearing["Service"],
  turn: Turn,
  attachment: Attachment,
  { absolutePath, mediaType, path, size }: Saved
): Effect.Effect<Made, StoreError> => {
  const without = (problem: string): Made => ({ parts: [{ ...attachment, path, problem }] })
  return hearing
    .hear(
      turn,
      { path: absolutePath, mediaType },
      { seconds: attachment.seconds ?? null, bytes: size }
    )
    .pipe(
      Effect.map((text): Made => ({
        parts: transcriptParts(attachment, text),
        said: shownTranscript(attachment, text)
      })),
      Effect.catchTags({
        TranscriptionFailed: ({ message }) => Effect.succeed(without(message)),
        BudgetExceeded: (error) => Effect.succeed(without(explain(error).replace(/^⚠️ /, "")))
      })
    )
}
