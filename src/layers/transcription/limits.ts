// SPDX-License-Identifier: MIT OR Apache-2.0
/** How much text a hook may give back, and how its bytes become text. */

export const mostBytes = 256 * 1024
export const spokenMost = "256 KiB of text"

/** `undefined` for what is not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    // The only way to fail here: the bytes are not UTF-8.
    return undefined
  }
}
