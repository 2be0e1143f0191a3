// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a model call is made for: each is booked under its own name. */
import * as Schema from "effect/Schema"

export const Purpose = Schema.Literals([
  "chat",
  "tool_follow_up",
  "key_check",
  "compaction",
  "extraction",
  "heartbeat",
  "cron",
  "sub_agent",
  "transcription"
])
export type Purpose = typeof Purpose.Type
