// SPDX-License-Identifier: MIT OR Apache-2.0
/** Amounts are integer micro-dollars inside; people see dollars. */

const perDollar = 1_000_000

export const microsFromDollars = (dollars: number): number => Math.round(dollars * perDollar)

export const dollarsFromMicros = (micros: number): number => micros / perDollar

/** `$3.00`, `$0.0042`, `$0.000037`: as many decimals as an amount needs to be told from none. */
export const formatMicros = (micros: number): string => {
  const size = Math.abs(micros)
  const decimals = size === 0 || size >= perDollar / 10 ? 2 : size >= perDollar / 1000 ? 4 : 6
  return `$${dollarsFromMicros(micros).toFixed(decimals)}`
}

export const formatDollars = (dollars: number): string => formatMicros(microsFromDollars(dollars))
