// SPDX-License-Identifier: MIT OR Apache-2.0
/** Amounts are integer micro-dollars inside; people see dollars. */

const perDollar = 1_000_000

export const microsFromDollars = (dollars: number): number => Math.round(dollars * perDollar)

export const dollarsFromMicros = (micros: number): number => micros / perDollar

/** `$0.0042`, `$3.00`: two decimals, or as many as show a small amount. */
export const formatMicros = (micros: number): string => {
  const dollars = dollarsFromMicros(micros)
  return `$${dollars !== 0 && Math.abs(dollars) < 0.1 ? dollars.toFixed(4) : dollars.toFixed(2)}`
}
