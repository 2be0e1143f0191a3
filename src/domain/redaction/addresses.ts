// SPDX-License-Identifier: MIT OR Apache-2.0
/** Passwords, tokens and keys within URLs. */
import { type Anchored, isSubstitute, type Rule } from "./finding.ts"
import { isRandom, isToken } from "./judgement.ts"

const strict = /:\/\/([^\s/?#"'<>\\]{1,512})/y
/** A password may hold signs that belong encoded: then the last `@` before a host ends it. */
const loose = /:\/\/([^\s/?#@:"'<>\\]{0,128}):([^\s"'<>\\]{1,256})@(?=[\w[])/y
const isPort = (text: string) => /^\d{1,5}(?:[/?#]|$)/.test(text)
const isHost = (text: string) =>
  /^(?:[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}|localhost|\d+(?:\.\d+){3}|\[[\da-f:.]+\])(?::\d+)?$|^[\w.-]+:\d{2,5}$/i.test(
    text
  )

const isPlaceholder = (value: string) =>
  isSubstitute(value) ||
  /^(?:\$\{?[A-Za-z_][\w.]*\}?|\$\(.*|\*+|<.*|\{.*\}|x+|password|pass)$/i.test(value)

/** Where `user:password` ends, before its `@`. */
const passwordOf = (text: string, at: number): { start: number; value: string } | undefined => {
  strict.lastIndex = at
  const found = strict.exec(text)?.[1]
  if (found === undefined || isSubstitute(found)) return undefined
  const colon = found.indexOf(":")
  if (colon < 0) return undefined
  const start = at + 3 + colon + 1
  const host = found.lastIndexOf("@")
  const end = found.slice(host + 1)
  const isWeb = /(?:https?|wss?)$/i.test(text.slice(Math.max(0, at - 5), at))
  const mayGoOn = host > colon ? !isHost(end) : !(isWeb && isPort(text.slice(start, start + 8)))
  if (mayGoOn) {
    loose.lastIndex = at
    const [, user, value] = loose.exec(text) ?? []
    if (user !== undefined && value !== undefined && value.length > host - colon - 1)
      return { start: at + 3 + user.length + 1, value }
  }
  return host > colon + 1 ? { start, value: found.slice(colon + 1, host) } : undefined
}

/** `scheme://user:password@host`: the password only. */
const urlPassword: Rule = (text, at) => {
  const found = passwordOf(text, at)
  if (found === undefined || isPlaceholder(found.value)) return undefined
  const { start, value } = found
  return { from: at, start, end: start + value.length, kind: "url-password" }
}

const setting = { isQuoted: false, isProse: false, isSpeech: false, isPass: false }

const tokenShape = /:\/\/([^\s/?#@:"'<>\\]{12,512})@(?=[\w[])/y
/** `https://token@host`: what nobody would have as a name. */
const urlToken: Rule = (text, at) => {
  tokenShape.lastIndex = at
  const value = tokenShape.exec(text)?.[1]
  if (value === undefined || !isToken(value, value, setting) || value.length < 16) return undefined
  return { from: at, start: at + 3, end: at + 3 + value.length, kind: "url-token" }
}

const keyShape = /[?&]key=([^\s&#"'<>\\]{12,512})/iy
const urlKey: Rule = (text, at) => {
  keyShape.lastIndex = at
  const value = keyShape.exec(text)?.[1]
  if (value === undefined || !isRandom(value) || !isToken(value, value, setting)) return undefined
  return { from: at, start: at + 5, end: at + 5 + value.length, kind: "url-key" }
}

export const addresses: ReadonlyArray<Anchored> = [
  { anchors: ["://"], rule: urlPassword, span: /:\/\/[^\s"'<>\\]{1,512}/ },
  { anchors: ["://"], rule: urlToken },
  { anchors: ["?key=", "&key="], rule: urlKey }
]
