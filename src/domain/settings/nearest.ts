// SPDX-License-Identifier: MIT OR Apache-2.0
/** Finds the key that somebody probably meant. */
import * as Option from "effect/Option"
import { distance } from "fastest-levenshtein"
import { formatKey, type KeyPath, keysLike } from "./keys.ts"

/** A slip of the pen in the whole key, or the right name under the wrong section. */
const remoteness = (wanted: KeyPath, known: KeyPath): number =>
  Math.min(
    distance(formatKey(wanted), formatKey(known)),
    1 + distance(wanted.at(-1) ?? "", known.at(-1) ?? "")
  )

/** The known key nearest to an unknown one, if any is near enough to be meant. */
export const nearestKey = (unknown: KeyPath): Option.Option<KeyPath> => {
  const wanted = unknown.map((segment) => segment.toLowerCase())
  const limit = Math.max(2, Math.floor((wanted.at(-1) ?? "").length / 3))
  const ranked = keysLike(unknown)
    .filter((known) => formatKey(known) !== formatKey(unknown))
    .map((known) => ({ known, remote: remoteness(wanted, known) }))
    .toSorted((one, other) => one.remote - other.remote)
  return Option.fromUndefinedOr(ranked[0]).pipe(
    Option.filter(({ remote }) => remote <= limit),
    Option.map(({ known }) => known)
  )
}
