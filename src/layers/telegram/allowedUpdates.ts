// SPDX-License-Identifier: MIT OR Apache-2.0
/** The kinds of updates that we ask Telegram for. */
export const allowedUpdates = [
  "message",
  "my_chat_member",
  "edited_message",
  "callback_query"
] as const
