// SPDX-License-Identifier: MIT OR Apache-2.0
/** Many measurements, told in few numbers. */

const rounded = (value: number) => Math.round(value * 100) / 100

/** The smallest value that at least this share of all does not exceed. */
export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (values: ReadonlyArray<number>): number => rounded(quantile(values, 0.5))

export const spread = (values: ReadonlyArray<number>) => ({
  n: values.length,
  p50: median(values),
  p99: rounded(quantile(values, 0.99)),
  min: rounded(quantile(values, 0)),
  max: rounded(quantile(values, 1))
})
export type Spread = ReturnType<typeof spread>
