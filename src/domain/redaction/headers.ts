// SPDX-License-Identifier: MIT OR Apache-2.0
/** What headers carry, and the commands that send them: credentials, cookies, `curl -u`. */
import { type Anchored, isSubstitute, type Rule } from "./finding.ts"
import { isRandom } from "./judgement.ts"

/** "Basic training" is no header: the value must be of more than one kind of character. */
const looksRandom = (value: string) => /\d/.test(value) && /[A-Za-z]/.test(value)
const looksEncoded = (value: string) =>
  looksRandom(value) || /[a-z][A-Z]/.test(value) || /\w=$/.test(value) || value.length >= 32

const schemeShape = /(bearer|basic|ssws)[ \t]{1,3}([\w.~+/-]{8,2048}={0,2})/iy
const scheme: Rule = (text, at, isFree) => {
  schemeShape.lastIndex = at
  const found = schemeShape.exec(text)
  if (found === null || !isFree()) return undefined
  const [, name, value] = found as unknown as readonly [string, string, string]
  if (!looksRandom(value) || value.length < 12) return undefined
  const end = schemeShape.lastIndex
  const kind = `${name.toLowerCase()}-credentials`
  return { from: at, start: end - value.length, end, kind }
}

const headerShape =
  /authorization\\{0,7}["'`]?[ \t]{0,3}(?:=>|[:=,：])[ \t]{0,3}\\{0,7}["'`]?(?:([A-Za-z][\w-]{1,15})[ \t]{1,3})?([^\s"'`\\,;<>{}$]{8,4096})/iy
const schemes = /^(?:bearer|basic|ssws|token|apikey|key|digest|negotiate)$/i
const authorization: Rule = (text, at) => {
  headerShape.lastIndex = at
  const found = headerShape.exec(text)
  if (found === null) return undefined
  const value = found[2]!
  const name = found[1] ?? ""
  if (isSubstitute(value) || /[\])]$/.test(value)) return undefined
  const isKnown = schemes.test(name)
  if (isKnown ? !looksEncoded(value) : !isRandom(value)) return undefined
  const kind = isKnown ? `${name.toLowerCase()}-credentials` : "credentials"
  const end = headerShape.lastIndex
  return { from: at, start: end - value.length, end, kind }
}

const authShape =
  /[_"']auth\\{0,7}(?:=|["'][ \t]{0,3}:[ \t]{0,3}\\{0,7}["'])([\w+/]{12,2048}={0,2})/iy
/** Of package managers: base64 of a name and a password. */
const packageAuth: Rule = (text, at) => {
  authShape.lastIndex = at
  const value = authShape.exec(text)?.[1]
  if (value === undefined || !looksEncoded(value)) return undefined
  const end = authShape.lastIndex
  return { from: at, start: end - value.length, end, kind: "credentials" }
}

const cookieShape =
  /cookie\\{0,7}["']?[ \t]{0,3}:[ \t]{0,3}\\{0,7}["'`]?([^\s;,=:"'`\\]{1,64}=[^\s;"'`\\]{1,4096}(?:;[ \t]{0,3}[^\s;,=:"'`\\]{1,64}=[^\s;"'`\\]{0,4096}){0,64})/iy
const isSession = (pair: string) => {
  const sign = pair.indexOf("=")
  const value = pair.slice(sign + 1).trim()
  if (isSubstitute(value)) return false
  const isNamed = /sess|sid|auth|token|jwt|[cx]srf|remember|login/i.test(pair.slice(0, sign))
  return isNamed ? value.length >= 8 && /\d/.test(value) : value.length >= 16 && isRandom(value)
}
const cookie: Rule = (text, at) => {
  cookieShape.lastIndex = at
  const all = cookieShape.exec(text)?.[1]
  if (all === undefined) return undefined
  const start = cookieShape.lastIndex - all.length
  const isSet = /set-$/i.test(text.slice(Math.max(0, at - 4), at))
  const pairs = isSet ? all.slice(0, (all.indexOf(";") + all.length + 1) % (all.length + 1)) : all
  if (!pairs.split(";").some(isSession)) return undefined
  return { from: at, start, end: start + pairs.trimEnd().length, kind: "cookie" }
}

const curlShape =
  /(?:curl|wget)\b(?:[^\n\\]|\\[^]){0,400}?[ \t\n]-(?:u|-user|-proxy-user)[ =]{0,2}\\{0,3}["']?[^\s:"'\\]{0,128}:([^\s"'\\]{3,256})/y
const curlUser: Rule = (text, at, isFree) => {
  curlShape.lastIndex = at
  const value = isFree() ? curlShape.exec(text)?.[1] : undefined
  if (value === undefined || isSubstitute(value) || /^\$\{?[A-Za-z_]\w*\}?$/.test(value))
    return undefined
  const end = curlShape.lastIndex
  return { from: at, start: end - value.length, end, kind: "password" }
}

export const headers: ReadonlyArray<Anchored> = [
  { anchors: ["authorization"], rule: authorization, span: headerShape },
  { anchors: ["bearer", "basic", "ssws"], rule: scheme, span: schemeShape },
  { anchors: ["_auth", '"auth', "'auth"], rule: packageAuth, span: authShape },
  { anchors: ["cookie"], rule: cookie, span: cookieShape },
  { anchors: ["curl", "wget"], rule: curlUser, span: curlShape }
]
