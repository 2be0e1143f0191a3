// SPDX-License-Identifier: MIT OR Apache-2.0
/** People, chats and where a forwarded message began, by the names they gave themselves. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { clean } from "./clean.ts"
import { lenient } from "./lenient.ts"

export const Author = Schema.Struct({
  id: Schema.Int,
  is_bot: Schema.Boolean,
  first_name: Schema.String,
  last_name: lenient(Schema.String),
  username: lenient(Schema.String)
})
export type Author = typeof Author.Type

/** Without the signs that stand around a name that Telegram vouches for. */
const givenName = ({ first_name, last_name }: Author): string =>
  clean(
    [first_name, last_name]
      .filter(Boolean)
      .join(" ")
      .replaceAll(/[()@（）＠﹫]/g, " "),
    100
  )

/** As in `Ada Lovelace (@ada)`; "" when the person has no readable name. */
export const nameOf = (author: Author): string => {
  const name = givenName(author)
  return author.username === undefined ? name : `${name} (@${clean(author.username, 32)})`.trim()
}

/** As `nameOf`, and told apart from each other person: no two share a `@name` or a number. */
export const speakerOf = (author: Author): string =>
  author.username === undefined ? `${givenName(author)} (user ${author.id})`.trim() : nameOf(author)

/** Without the `@name`, which would be a link in what the bot writes. */
export const calledOf = (author: Author): { readonly personName?: string } => {
  const name = givenName(author)
  return name === "" ? {} : { personName: name }
}

const Place = Schema.Struct({
  title: Schema.optionalKey(Schema.String),
  username: lenient(Schema.String)
})

const placeName = ({ title, username }: typeof Place.Type): string =>
  clean(title ?? (username === undefined ? "" : `@${username}`), 100) || "an unnamed chat"

const ForwardOrigin = Schema.Union([
  Schema.Struct({ type: Schema.Literal("user"), sender_user: Author }),
  Schema.Struct({ type: Schema.Literal("hidden_user"), sender_user_name: Schema.String }),
  Schema.Struct({ type: Schema.Literal("chat"), sender_chat: Place }),
  Schema.Struct({ type: Schema.Literal("channel"), chat: Place })
])
const decodeOrigin = Schema.decodeUnknownOption(ForwardOrigin)

const originName = (origin: typeof ForwardOrigin.Type): string => {
  switch (origin.type) {
    case "user":
      return nameOf(origin.sender_user)
    case "hidden_user":
      return clean(origin.sender_user_name, 100)
    case "chat":
      return `the chat ${placeName(origin.sender_chat)}`
    case "channel":
      return `the channel ${placeName(origin.chat)}`
  }
}

/** Whom a message was forwarded from, as far as Telegram tells. */
export const forwardedFrom = (origin: unknown): string =>
  Option.match(decodeOrigin(origin), { onNone: () => "", onSome: originName }) || "somebody"
