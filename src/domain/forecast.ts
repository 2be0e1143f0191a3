// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a month will have cost when it is over, told from its past. */

/** How many past days the mean is taken over, at most. */
export const forecastDays = 7

/**
 * What the month has cost so far, plus for each of its `daysLeft` days after today the mean of
 * `lastDays`: the whole days before today, at most seven, fewer when there was no Blufio yet. On
 * the very first day today stands for them. All in micro-dollars.
 */
export const forecastMicros = (seen: {
  readonly monthMicros: number
  readonly todayMicros: number
  readonly lastDays: ReadonlyArray<number>
  readonly daysLeft: number
}): number => {
  const days = seen.lastDays.slice(0, forecastDays)
  const sample = days.length === 0 ? [seen.todayMicros] : days
  const mean = sample.reduce((sum, day) => sum + day, 0) / sample.length
  return seen.monthMicros + Math.round(mean * seen.daysLeft)
}
