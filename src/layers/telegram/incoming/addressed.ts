// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whether what is said in a group is meant for the bot: it is named, answered, or told to stop. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** The bot, as Telegram knows it. */
export interface Me {
  readonly id: number
  /** Letters, digits and underscores, without the @; "" until it is known: then nobody can have named it. */
  readonly username: string
}

const Entity = Schema.Struct({
  type: Schema.String,
  offset: Schema.Int,
  length: Schema.Int,
  user: Schema.optionalKey(Schema.Struct({ id: Schema.Int }))
})
const decodeEntities = Schema.decodeUnknownOption(Schema.Array(Schema.Unknown))
const decodeEntity = Schema.decodeUnknownOption(Entity)
const decodeReply = Schema.decodeUnknownOption(
  Schema.Struct({
    from: Schema.Struct({ id: Schema.Int }),
    /** What each message of a topic "replies" to, whoever opened it. */
    forum_topic_created: Schema.optionalKey(Schema.Unknown)
  })
)

const isSame = (name: string, { username }: Me) =>
  username !== "" && name.toLowerCase() === `@${username}`.toLowerCase()

const names = (entities: unknown, words: string, me: Me): boolean =>
  Option.getOrElse(decodeEntities(entities), () => [])
    .flatMap((entity) => Option.toArray(decodeEntity(entity)))
    .some(({ length, offset, type, user }) => {
      const covered = words.slice(offset, offset + length)
      if (type === "text_mention") return user?.id === me.id
      if (type === "mention") return isSame(covered, me)
      const at = covered.indexOf("@")
      return type === "bot_command" && at > 0 && isSame(covered.slice(at), me)
    })

/** A command that names another bot, as in `/help@other_bot`. */
const isForAnother = (words: string, me: Me): boolean => {
  const name = /^\/\w+(@\w+)/.exec(words.trim())?.[1]
  return name !== undefined && !isSame(name, me)
}

export const isAddressed = (
  message: Readonly<Record<string, unknown>>,
  words: string,
  me: Me
): boolean => {
  if (isForAnother(words, me)) return false
  const isReply = Option.exists(
    decodeReply(message["reply_to_message"]),
    ({ forum_topic_created, from }) => from.id === me.id && forum_topic_created === undefined
  )
  return (
    isReply ||
    names(message["entities"] ?? message["caption_entities"], words, me) ||
    words.trim().toLowerCase() === "/stop"
  )
}

/** The words without the bot's name before or after them, so that a command stays one. */
export const withoutName = (words: string, { username }: Me): string =>
  username === ""
    ? words
    : words
        .replace(new RegExp(String.raw`^\s*@${username}\b[,:]?\s*`, "i"), "")
        .replace(new RegExp(String.raw`\s+@${username}\s*$`, "i"), "")
