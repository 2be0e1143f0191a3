// SPDX-License-Identifier: MIT OR Apache-2.0
/** Text for a terminal: without the control characters by which a text could command it. */

/** Line breaks and tabs stay. */
export const printable = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, "")
