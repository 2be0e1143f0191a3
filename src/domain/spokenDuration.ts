// SPDX-License-Identifier: MIT OR Apache-2.0

const units = [
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000]
] as const

/** "1 hour", "90 seconds": in the largest unit that leaves no rest. */
export const spokenDuration = (millis: number): string => {
  const [unit, size] =
    units.find(([, size]) => millis % size === 0) ?? (["millisecond", 1] as const)
  const count = millis / size
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}
