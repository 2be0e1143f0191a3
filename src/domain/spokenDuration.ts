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

const ageUnits = [["day", 86_400_000], ...units] as const

/** "3 minutes ago": in the largest unit that fits, without its rest. */
export const spokenAge = (millis: number): string => {
  const [unit, size] = ageUnits.find(([, size]) => millis >= size) ?? (["second", 1000] as const)
  const count = Math.max(1, Math.floor(millis / size))
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`
}
