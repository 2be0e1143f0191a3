// SPDX-License-Identifier: MIT OR Apache-2.0
/** `password=…`, `"api_key": "…"`, `the password is …`: values that show by the name before them. */
import { type Finding, isSubstitute } from "./finding.ts"

/** The first letters of each word that names a secret; the rest is looked at when one is found. */
export const assignmentAnchors = [
  "pass",
  "pwd",
  "secret",
  "token",
  "api_key",
  "api-key",
  "apikey",
  "access_key",
  "access-key",
  "accesskey",
  "accountkey",
  "account_key",
  "privatekey",
  "private_key",
  "authkey",
  "auth_key",
  "credential",
  "encryption_key",
  "signing_key",
  "sig="
]

const word =
  /(?:pass(?:wor[dt]|wd|phrase|code)?|pwd|secret|token|(?:api|access|account|private|auth|encryption|signing)[_-]?key|credentials?|sig(?==))/iy
/** What may follow the word within the name: nothing that says that it is about the secret only. */
const nameEnd =
  /(?:[_-](?:access[_-]?key|key|token|value|prod|live|test|dev|\d{1,3}))?\\{0,7}["'`]?/iy
const separator = /[ \t]{0,3}(?:=>|:=|==?|:)[ \t]{0,3}|[ \t]{1,3}is[ \t]{1,3}/iy
/** Its quotes may be escaped: in a line of JSON that quotes another. */
const quoted = /(\\{0,7}["'`])((?:(?!\1)(?:\\.|[^\\\n])){1,512})\1/y
const bare = /(?:\\(?!["'n])|[^\s"'`,;&|<>(){}[\]\\]){1,512}/y

const isPasswordName = (name: string) => /^(?:pass|pwd)/i.test(name)

const placeholder =
  /^(?:string|str|text|bytes?|number|int|bool(?:ean)?|any|unknown|null|nil|none|undefined|true|false|yes|no|required|optional|example|placeholder|redacted|hidden|secret|password|passwd|token|changeme|change[_-]me|your[_-].*|my[_-].*|todo|tbd|n\/a|x+|\*+|\.+|-+|_+|<.*|\$.*|%.*|\{\{?.*|@.*|#.*)$/i

/** Names of things in a program: words joined by dots, underscores or arrows; paths; calls. */
const isReference = (value: string) =>
  /^[A-Za-z_$][A-Za-z_$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)*[!?]?$/.test(value) ||
  /^(?:\.{0,2}|~)\/[\w./-]+$/.test(value) ||
  /^[\w.]+\.(?:env|environ|get\w*)\b/.test(value)

const classes = (value: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((one) => one.test(value)).length

const isPassword = (value: string, isQuoted: boolean, isProse: boolean) => {
  if (value.length < 4) return false
  if (isQuoted && !isProse)
    return !/\s/.test(value) && value.length >= 6 ? true : classes(value) >= 2
  if (isReference(value)) return false
  return classes(value) >= 2 && (/\d/.test(value) || value.length >= 12 || classes(value) >= 3)
}

/** Random enough that nobody wrote it by hand: letters and digits mixed, few of them twice. */
const isToken = (value: string) =>
  value.length >= 12 &&
  /[A-Za-z]/.test(value) &&
  /\d/.test(value) &&
  !/\s/.test(value) &&
  new Set(value).size >= Math.min(10, value.length / 2)

const isCall = (text: string, end: number) => text[end] === "("

/** `at`: where a word that names secrets begins. */
export const assignment = (text: string, at: number): Finding | undefined => {
  word.lastIndex = at
  const name = word.exec(text)?.[0]
  if (name === undefined) return undefined
  nameEnd.lastIndex = at + name.length
  const tail = nameEnd.exec(text)?.[0] ?? ""
  separator.lastIndex = at + name.length + tail.length
  const sign = separator.exec(text)?.[0]
  if (sign === undefined) return undefined
  const from = separator.lastIndex
  const isProse = /is/i.test(sign) || (sign.includes(":") && /[ \t]$/.test(sign))
  quoted.lastIndex = from
  const inQuotes = quoted.exec(text)
  bare.lastIndex = from
  const value = inQuotes?.[2] ?? bare.exec(text)?.[0]
  if (value === undefined || isSubstitute(text.slice(from)) || isSubstitute(value)) return undefined
  const start = from + (inQuotes?.[1]?.length ?? 0)
  const bareEnd = start + value.length
  if (inQuotes === null && isCall(text, bareEnd)) return undefined
  // What ends a sentence is not part of the word before it.
  const kept = inQuotes === null ? value.replace(/[.!?:]+$/, "") : value
  if (placeholder.test(kept)) return undefined
  const isSecret = isPasswordName(name)
    ? isPassword(kept, inQuotes !== null, isProse)
    : isToken(kept)
  if (!isSecret) return undefined
  const kind = isPasswordName(name) ? "password" : "secret"
  return { from: at, start, end: start + kept.length, kind }
}
