// SPDX-License-Identifier: MIT OR Apache-2.0
/** Counts and lists as people say them. */

/** `1 key`, `2 keys` */
export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`

/** `Line 5`, `Lines 5 and 7`, `Lines 5, 7 and 9` */
export const spokenLines = (numbers: ReadonlyArray<number>): string => {
  const all = numbers.map(String)
  const last = all.pop() ?? ""
  return all.length === 0 ? `Line ${last}` : `Lines ${all.join(", ")} and ${last}`
}
