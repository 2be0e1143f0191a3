// SPDX-License-Identifier: MIT OR Apache-2.0
/** Links that stand behind words, which a model would not see otherwise. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** `offset` and `length` in UTF-16 units. */
const Link = Schema.Struct({
  type: Schema.Literal("text_link"),
  offset: Schema.Int,
  length: Schema.Int,
  url: Schema.String.check(Schema.isMaxLength(2048), Schema.isPattern(/^\S+$/))
})
const decodeLink = Schema.decodeUnknownOption(Link)
const decodeList = Schema.decodeUnknownOption(Schema.Array(Schema.Unknown))

/** The words, each link's address in parentheses behind what it stands behind. */
export const withLinks = (words: string, entities: unknown): string =>
  Option.getOrElse(decodeList(entities), () => [])
    .flatMap((entity) => Option.toArray(decodeLink(entity)))
    .filter(({ length, offset }) => offset >= 0 && length > 0 && offset + length <= words.length)
    .toSorted((one, other) => other.offset + other.length - (one.offset + one.length))
    .reduce((text, { length, offset, url }) => {
      const end = offset + length
      return words.slice(offset, end).trim() === url
        ? text
        : `${text.slice(0, end)} (${url})${text.slice(end)}`
    }, words)
