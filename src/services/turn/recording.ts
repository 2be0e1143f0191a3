// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a recording that a person sent, once it stands in the workspace. */
import * as Effect from "effect/Effect"
import type { Attachment, Part } from "../../domain/Message.ts"
import type { Saved } from "../Workspace.ts"

export const isRecording = ({ kind }: Attachment): boolean =>
  kind === "voice" || kind === "audio" || kind === "video_note"

/** The parts that take the place of the attachment. */
export const hear = (attachment: Attachment, saved: Saved): Effect.Effect<ReadonlyArray<Part>> =>
  Effect.succeed([
    {
      ...attachment,
      path: saved.path,
      problem: "Nothing here turns speech into text. Put it in writing, please."
    }
  ])
