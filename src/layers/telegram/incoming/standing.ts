// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whether the bot may still speak in a chat, as Telegram tells it when that changes. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Change = Schema.Struct({
  chat: Schema.Struct({ id: Schema.Int }),
  new_chat_member: Schema.Struct({ status: Schema.String })
})
const decode = Schema.decodeUnknownOption(Change)

export const standingOf = (change: unknown) =>
  Option.map(decode(change), ({ chat, new_chat_member: { status } }) => ({
    chatId: String(chat.id),
    isIn: status !== "kicked" && status !== "left"
  }))
