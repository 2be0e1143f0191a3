// SPDX-License-Identifier: MIT OR Apache-2.0
/** Text of others within our Markdown: shown sign by sign, formatted by none of them. */

/** Within a link a backslash would be shown: so nothing is one. Who reads it may link it anew. */
const signs = /[\\`*_[\]<>#~|&:@]|(?<=www)\./gi
/** What begins a list, a rule or code at a line's start. */
const starts = /^[ \t]*(?:([-+=])|(\d{1,9})([.)]))/gm
const indents = /^[ \t]+/gm

export const literal = (text: string): string =>
  text
    .replaceAll(signs, String.raw`\$&`)
    .replaceAll(starts, (_whole, bullet?: string, number?: string, dot?: string) =>
      bullet === undefined ? `${number}\\${dot}` : `\\${bullet}`
    )
    .replaceAll(indents, "")
