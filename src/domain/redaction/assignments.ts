// SPDX-License-Identifier: MIT OR Apache-2.0
/** `password=…`, `"api_key": "…"`, `the password is …`: values that show by the name before them. */
import { type Anchored, isSubstitute, type Rule } from "./finding.ts"
import { isPassword, isToken, type Setting } from "./judgement.ts"
import { bare, goesOn, inElement, nameAnchors, named, quoted, span, spoken } from "./names.ts"

/** So much of a value is judged, and then the rest of it goes too. */
const longestLooked = 256

/** How far before the name is looked: an option's dashes, a function's bracket, a login. */
const longestBefore = 120

const isPasswordName = (name: string) =>
  !/^(?:secret|token|api|access|account|private|auth|encr|sign|preshared|subs|func|master|cred|sig)/i.test(
    name
  )

/** "compass" and "bypass" are words of their own; "dbpass" and "dbPass" are not. */
const isOwnWord = (name: string, before: string) => {
  if (!/^(?:pass|psk)$/i.test(name)) return true
  if (!/[a-z]$/i.test(before)) return true
  if (/[a-z]$/.test(before) && name.startsWith("P")) return true
  return /(?:^|[^a-z])(?:db|user|my|mail|smtp|imap|ftp|admin|root|sql|mysql|pg|redis|mongo|http|ldap|wifi|key|store|auth|ssl|app|web|the)$/i.test(
    before
  )
}

const isOption = (before: string) =>
  /(?:^|[\s"'`[(,=])--?[\w-]{0,40}$/.test(before) || /\blogin\s+\S{1,64}\s+$/.test(before)
const isArgument = (before: string) => /\(\s{0,3}\\{0,3}["'][\w.-]{0,40}$/.test(before)
const isElement = (before: string) => /<[\w:.-]{0,40}$/.test(before)
/** A cloud's name of where a secret is kept. */
const isResource = (before: string) => /:\d{12}:$/.test(before)

/** What we wrote ourselves in a secret's place names its kind. */
const isInSubstitute = (before: string) => /\[redacted:[\w-]{0,60}$/.test(before)

const matched = (shape: RegExp, text: string, at: number): string | undefined => {
  shape.lastIndex = at
  return shape.exec(text)?.[0]
}

/** Without what closes a bracket from before the value, or the sentence. */
const trimmed = (value: string): string => {
  let kept = value.replace(/[.:]+$/, "")
  for (const [open, close] of ["()", "[]", "{}"] as const)
    while (kept.endsWith(close!) && kept.split(close!).length > kept.split(open!).length)
      kept = kept.slice(0, -1).replace(/[.:]+$/, "")
  return kept
}

/** `at`: where a word that names secrets begins. */
const rule: Rule = (text, at) => {
  named.lastIndex = at
  const found = named.exec(text)?.groups
  if (found === undefined) return undefined
  const from = named.lastIndex
  const { assign = "", lead = "", mark, speech, word = "" } = found
  const before = text.slice(Math.max(0, at - longestBefore), at)
  if (!isOwnWord(word, before) || isResource(before) || isInSubstitute(before)) return undefined
  if (found["blank"] !== undefined && !isOption(before)) return undefined
  const isComma = found["comma"] !== undefined
  if (isComma && (mark === undefined || !isArgument(before))) return undefined
  const isInElement = found["element"] !== undefined
  if (isInElement && !isElement(before)) return undefined
  const isSpeech = speech !== undefined
  const isLoose = isSpeech || isComma || (/[:：]/.test(assign) && /\s$/.test(assign))
  quoted.lastIndex = from
  const inQuotes = quoted.exec(text)
  // A quote that is never closed: the rest of it is missing.
  const opening = inQuotes === null ? (matched(/\\{0,7}["'`]/y, text, from)?.length ?? 0) : 0
  const isQuoted = inQuotes !== null || opening > 0
  const start = from + (inQuotes === null ? opening : inQuotes[1]!.length + 1)
  const form = isInElement ? inElement : isLoose && mark === undefined ? spoken : bare
  const value = inQuotes?.[3] ?? matched(form, text, start)
  if (value === undefined || isSubstitute(text.slice(start, start + 90))) return undefined
  const isOnNextLine = /\n|\\n/.test(assign)
  if (isOnNextLine && !isQuoted && /^[\w.-]+(?:=|:$)/.test(value)) return undefined
  const kept = isQuoted || isInElement ? value : trimmed(value)
  const setting: Setting = {
    // Two texts side by side, as arguments: the second is judged as if it stood alone.
    isQuoted: isComma ? /\s/.test(kept) : isQuoted || isInElement || lead !== "",
    isProse: isLoose && (mark === undefined || !isQuoted),
    isSpeech,
    isPass: /^pass$/i.test(word)
  }
  const plain = isQuoted ? kept : kept.replace(/[!?]+$/, "")
  const isPass = isPasswordName(word)
  const isSecret = (isPass ? isPassword : isToken)(plain, text.slice(start, start + 300), setting)
  if (!isSecret) return undefined
  const end = start + kept.length
  const more =
    isQuoted || kept.length < longestLooked ? 0 : (matched(goesOn, text, end)?.length ?? 0)
  return { from: at, start, end: end + more, kind: isPass ? "password" : "secret" }
}

export const assignments: Anchored = { anchors: nameAnchors, rule, span }
