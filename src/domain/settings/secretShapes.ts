// SPDX-License-Identifier: MIT OR Apache-2.0
/** Recognises secrets by their shape or their key's name, so that none ever stands in the file. */
import { scan, vague } from "../redaction/scan.ts"
import type { KeyPath } from "./keys.ts"

/** What the redaction's formats say less about: pieces of keys, and whose they are. */
const shapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bsk-ant-[\w-]{4,}/, "ANTHROPIC_API_KEY"],
  [/\b\d{6,}:[A-Za-z0-9_-]{30,}/, "TELEGRAM_BOT_TOKEN"],
  [/\bsk-[\w-]{16,}/, ""],
  [/\b(?:gh[pousr]_|github_pat_)\w{16,}/, ""],
  [/\bxox[a-z]-[\w-]{8,}/, ""],
  [/\bA[KS]IA[A-Z0-9]{12,}/, ""],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, ""],
  [/[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i, ""]
]

const secretName =
  /(?:^|[_-])(?:api[_-]?keys?|tokens?|secrets?|passwords?|passwd|passphrases?|credentials?)$/i

const wayOut = (variable: string): string =>
  variable === ""
    ? "store it in the vault instead: blufio secret set NAME, such as ANTHROPIC_API_KEY"
    : `store it in the vault instead: blufio secret set ${variable}`

const variableFor = (path: KeyPath): string => {
  const key = path.join(".").toLowerCase()
  if (key.includes("telegram") || key.includes("bot")) return "TELEGRAM_BOT_TOKEN"
  if (key.includes("transcription")) return "TRANSCRIPTION_API_KEY"
  return key.includes("anthropic") ? "ANTHROPIC_API_KEY" : ""
}

/** The way out when a text holds something that looks like a secret; `undefined` when it does not. */
export const secretInText = (text: string): string | undefined => {
  const found = shapes.find(([shape]) => shape.test(text))
  if (found !== undefined) return wayOut(found[1])
  // A name before a value is judged by the file's own keys.
  return scan(text).some(({ kind }) => !vague.has(kind)) ? wayOut("") : undefined
}

/** The same for a key that is named like a secret. Ask only about keys that are not known. */
export const secretInName = (path: KeyPath): string | undefined =>
  secretName.test(path.at(-1) ?? "") ? wayOut(variableFor(path)) : undefined
