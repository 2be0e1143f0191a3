// SPDX-License-Identifier: MIT OR Apache-2.0
/** The names that rows and services refer to each other by. */
import * as Schema from "effect/Schema"

export const SessionId = Schema.NonEmptyString.pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type

export const TurnId = Schema.NonEmptyString.pipe(Schema.brand("TurnId"))
export type TurnId = typeof TurnId.Type

/** A person known to this Blufio, on whatever channel: `owner`, or `<channel>:<address>`. */
export const PersonId = Schema.NonEmptyString.pipe(Schema.brand("PersonId"))
export type PersonId = typeof PersonId.Type

/** The first person ever approved: also who sits at the terminal and opens the socket. */
export const owner = PersonId.make("owner")

export const AgentName = Schema.NonEmptyString.pipe(Schema.brand("AgentName"))
export type AgentName = typeof AgentName.Type

/** The agent that answers when no route says otherwise. */
export const mainAgent = AgentName.make("main")

/** A channel's name in the registry: `telegram`, `local` … */
export const ChannelName = Schema.NonEmptyString.pipe(Schema.brand("ChannelName"))
export type ChannelName = typeof ChannelName.Type

/** Where a conversation takes place within a channel. `topic` is `""` where the channel has none. */
export const Chat = Schema.Struct({
  channel: ChannelName,
  chat: Schema.NonEmptyString,
  topic: Schema.String
})
export type Chat = typeof Chat.Type

/** Nothing but the chat of what takes place in one. */
export const chatOf = ({ channel, chat, topic }: Chat): Chat => ({ channel, chat, topic })

/** One string per chat, for maps: stable and unambiguous. */
export const chatKey = (chat: Chat): string => [chat.channel, chat.chat, chat.topic].join("\u0000")

/** The chat that such a string stands for. */
export const chatOfKey = (key: string): Chat => {
  const [channel = "", chat = "", topic = ""] = key.split("\u0000")
  return { channel: ChannelName.make(channel), chat, topic }
}
