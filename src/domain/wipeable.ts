// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Zeroed bytes outside V8's heap. Short arrays made in any other way lie within it, where the
 * collector and native calls leave copies of them that nobody can wipe.
 */
export const wipeable = (length: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new ArrayBuffer(length))

/** A copy that can be wiped. */
export const wipeableCopy = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const copy = wipeable(bytes.length)
  copy.set(bytes)
  return copy
}
