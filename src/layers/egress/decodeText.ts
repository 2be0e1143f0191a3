// SPDX-License-Identifier: MIT OR Apache-2.0
/** A body as text in the charset that it claims, or in UTF-8 where that is not one. */

const isText = (type: string): boolean =>
  type === "" ||
  /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|yaml|javascript|x-ndjson|xhtml|rss|atom|x-www-form-urlencoded|toml|graphql))/i.test(
    type
  )

const decoderFor = (charset: string): TextDecoder => {
  try {
    return new TextDecoder(charset)
  } catch {
    // A charset that nobody knows; UTF-8 shows at least what of it is ASCII.
    return new TextDecoder()
  }
}

/** What is no text is told of, not shown. */
export const decodeText = (body: Uint8Array, contentType: string): string => {
  if (!isText(contentType.trim()))
    return `[${body.length} bytes of ${contentType.slice(0, 100)}, not text]`
  return decoderFor(/charset="?([\w:-]{1,40})/i.exec(contentType)?.[1] ?? "utf-8").decode(body)
}
