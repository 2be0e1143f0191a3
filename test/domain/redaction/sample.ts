// SPDX-License-Identifier: MIT OR Apache-2.0
/** Makes secrets up, always the same ones, from pieces, so that no file holds one. */

export const join = (...parts: ReadonlyArray<string>) => parts.join("")

export const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/** A fixed text of so many letters and digits, different for each seed. */
export const random = (length: number, seed: number, from = alphabet) => {
  let state = seed * 2_654_435_761 + 12_345
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return from[(state >>> 8) % from.length]!
  }).join("")
}
export const hex = (length: number, seed: number) => random(length, seed, "0123456789abcdef")

export const pem = (kind: string) =>
  join(
    "-----BEGIN ",
    kind,
    "-----\n",
    random(64, 7),
    "\n",
    random(40, 8),
    "\n-----END ",
    kind,
    "-----"
  )

export interface Sample {
  readonly kind: string
  readonly text: string
  /** What must not be left in it. */
  readonly secret: string
}

export const whole = (kind: string, secret: string): Sample => ({ kind, text: secret, secret })
export const within = (kind: string, before: string, secret: string, after = ""): Sample => ({
  kind,
  text: before + secret + after,
  secret
})
