// SPDX-License-Identifier: MIT OR Apache-2.0
/** Groups as Telegram shows them, and what it marks in the text of messages. */

export const botName = "blufio_bot"

export const groupOf = (chatId: number) => ({
  id: chatId,
  type: chatId < -1_000_000_000_000 ? "supergroup" : "group",
  title: `Group ${-chatId}`
})

/** Mentions and commands, by their place in UTF-16 units. */
export const entitiesOf = (text: string) =>
  [...text.matchAll(/(?<![\w/@])(?:@\w{5,32}|\/[a-z0-9_]{1,32}(?:@\w{5,32})?)/gi)].map((match) => ({
    type: match[0].startsWith("/") ? "bot_command" : "mention",
    offset: match.index,
    length: match[0].length
  }))

/** A message of somebody's in the same chat, as a reply carries it. */
export const repliedTo = (
  chat: object,
  from: { readonly id: number; readonly is_bot: boolean },
  content: object
) => ({
  reply_to_message: {
    message_id: 1,
    date: 1,
    chat,
    from: { first_name: from.is_bot ? "Blufio" : "Ada", ...from },
    ...content
  }
})
