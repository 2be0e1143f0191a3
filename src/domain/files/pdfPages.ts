// SPDX-License-Identifier: MIT OR Apache-2.0
/** How many pages a PDF has, where it says so openly; many newer ones pack that away. */

/** At least one. */
export const pdfPages = (bytes: Uint8Array): number => {
  const text = new TextDecoder("latin1").decode(bytes)
  const listed = text.match(/\/Type\s*\/Page(?![A-Za-z])/g)?.length ?? 0
  const counts = [...text.matchAll(/\/Type\s*\/Pages[^>]{0,200}?\/Count\s+(\d{1,5})/g)]
  return counts.reduce((most, count) => Math.max(most, Number(count[1])), Math.max(1, listed))
}
