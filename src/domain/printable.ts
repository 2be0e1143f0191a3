// SPDX-License-Identifier: MIT OR Apache-2.0
/** Text for a terminal: without the characters by which a text could command it or shuffle what it shows. */

/** Line breaks and tabs stay; control characters and those that turn the direction of writing do not. */
export const printable = (text: string): string =>
  text.replaceAll(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, "")

/** A name within a sentence. */
export const oneLine = (text: string): string => printable(text).replaceAll(/\s+/g, " ").trim()
