// SPDX-License-Identifier: MIT OR Apache-2.0
/** JSON text for the fake; what cannot be read stays text, so that the rules refuse it. */

export const encode = (value: unknown): string => JSON.stringify(value)

export const decode = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
