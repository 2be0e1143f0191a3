// SPDX-License-Identifier: MIT OR Apache-2.0
/** What somebody chose freely (a name, a title), fit to stand within a note of ours in brackets. */
import { redact } from "../../../domain/redaction/scan.ts"

const brackets: Readonly<Record<string, string>> = { "[": "(", "]": ")" }

/** On one line, without brackets or control signs, clipped. Never splits a pair of surrogates. */
export const clean = (text: string, most = 200): string => {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .replaceAll(/[[\]]/g, (sign) => brackets[sign] ?? "")
    .trim()
  return redact(line.length <= most ? line : `${[...line].slice(0, most).join("")}…`)
}
