// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whether what stands behind a name is a secret, or a placeholder, a reference, a word. */
import { isSubstitute } from "./finding.ts"

export interface Setting {
  readonly isQuoted: boolean
  /** A name and a colon, as in a sentence: what follows may be a remark. */
  readonly isProse: boolean
  /** "is" stands between them. */
  readonly isSpeech: boolean
  /** Just "pass", which is said of tests too. */
  readonly isPass: boolean
}

const placeholder =
  /^(?:string|str|text|bytes?|number|int|bool(?:ean)?|any|unknown|null|nil|none|undefined|true|false|yes|no|required|optional|example|placeholder|redacted|hidden|unset|encrypted|secret|password|passwd|passwort|kennwort|contraseña|senha|пароль|密码|パスワード|token|changeme|change[_-]me|your[_-].*|my[_-][a-z_-]*|todo|tbd|n\/a|x+|\$\{?[A-Z_][A-Z0-9_]*\}?|\$[a-z_]+(?:(?:->|\.|\[).*)?|\$[{(].*|%[sdvq@]|%\(\w+\)s?|%[A-Z_]+%|%env\(.*|[@#][A-Za-z_]+|\{\{?[^}]*\}{0,2})$/i

/** `$Name1` may be a variable or a password: only capitals are a variable, numbered or not. */
const isNumbered = (value: string) => /^\$(?=[^A-Z]*[a-z])\w*\d\w*$/.test(value)

const isPlaceholder = (value: string) => {
  if (!/[\p{L}\p{N}]/u.test(value) || isSubstitute(value)) return true
  if (isNumbered(value)) return false
  return placeholder.test(value) || placeholder.test(value.replace(/^[([{<]+|[)\]}>]+$/g, ""))
}

/** Of words, not drawn at random: where letters, cases and digits change, it is not often. */
const isWordy = (value: string): boolean => {
  const changes = value.match(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0
  return changes * 4 <= value.length && /[A-Za-z]{3}/.test(value)
}

const dotted = /^[A-Za-z_$]+(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+[!?]?$/
const call = /^(?:await |new )?[A-Za-z_$][A-Za-z_$]*\d{0,2}(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*\(/
const indexed = /^[A-Za-z_$][A-Za-z_$]*(?:\.[A-Za-z_$][\w$]*)*\[(?:\w*\]|$)/

const isPath = (value: string) =>
  /^(?:\.{0,2}|~)\/[\w.@/-]+$/.test(value) &&
  value.split("/").every((part) => part.length < 12 || isWordy(part) || !/\d/.test(part))

/** A call has an end, and nothing behind it that belongs to a word. */
const isCall = (value: string, rest: string) =>
  call.test(value) && /\)/.test(rest.slice(value.indexOf("("), 200)) && !/\)[^;,.)\]}]/.test(value)

/** Names of things: in a program, on a disk, in a cloud. */
const isReference = (value: string, rest: string) =>
  /^[A-Za-z_$]+[!?]?$/.test(value) ||
  (dotted.test(value) && isWordy(value)) ||
  isCall(value, rest) ||
  indexed.test(value) ||
  isPath(value) ||
  /^arn:[\w-]+:/.test(value) ||
  /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(value) ||
  /^[\w.]+\.(?:env|environ|get\w*)\b/.test(value)

/** `AccessTokenV2Response`, `model_key_v2`, `GPT-4o-mini-2024-07-18`. */
const isNameOfThing = (value: string) =>
  isWordy(value) &&
  ((/^[A-Za-z]\w*$/.test(value) && /[a-z][A-Z]|_/.test(value) && !/\d{3}/.test(value)) ||
    (/^[A-Za-z]+(?:[-_.](?:[A-Za-z]{1,12}\d{0,2}|\d{1,4}[a-z]?|20\d{6}))+$/.test(value) &&
      (value.match(/[-_.]\d/g)?.length ?? 0) >= 2))

const classes = (value: string): number =>
  [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((one) => one.test(value)).length

export const isPassword = (value: string, rest: string, setting: Setting): boolean => {
  const { isPass, isProse, isQuoted, isSpeech } = setting
  if (value.length < 4 || isPlaceholder(value)) return false
  if (/^[\d.,:/]+%?$/.test(value)) return !isPass && /^\d{6,}$/.test(value)
  if (isQuoted && !isProse)
    return !/\s/.test(value) && value.length >= 6 ? true : classes(value) >= 2
  if (isQuoted && /\s/.test(value)) return /\d/.test(value) && classes(value) >= 2
  if (isReference(value, rest)) return false
  if (isSpeech && /^[a-z]+-[a-z]+$/i.test(value)) return false
  return classes(value) >= 2 && (/\d/.test(value) || value.length >= 12 || classes(value) >= 3)
}

/** Random enough that nobody wrote it by hand: letters and digits mixed, few of them twice. */
export const isRandom = (value: string): boolean =>
  value.length >= 12 &&
  /[A-Za-z]/.test(value) &&
  /\d/.test(value) &&
  !/\s/.test(value) &&
  new Set(value).size >= Math.min(10, value.length / 2)

export const isToken = (value: string, rest: string, { isQuoted }: Setting): boolean =>
  isRandom(value) &&
  !isPlaceholder(value) &&
  !/^(?:arn:|[a-z][a-z0-9+.-]{1,20}:\/\/)/i.test(value) &&
  (isQuoted || !(isReference(value, rest) || isNameOfThing(value)))
