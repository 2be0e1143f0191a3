// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets that show by what stands around them: key blocks, tokens of parts. */
import { type Anchored, isAtStart, type Rule } from "./finding.ts"

/** No key block of those in use is longer. */
export const longestBlock = 16 * 1024

const begin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y
const endMark = /-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----/

/** A block without an end is taken to the end of the text: the rest of it is missing, not harmless. */
const privateKey: Rule = (text, at) => {
  begin.lastIndex = at
  if (!begin.test(text)) return undefined
  const block = text.slice(at, at + longestBlock)
  const end = endMark.exec(block)
  const length = end === null ? block.length : end.index + end[0].length
  return { start: at, end: at + length, kind: "private-key" }
}

const puttyLines = /Private-Lines: \d{1,4}\s+((?:[\w+/=]{1,80}\s+){1,200})/iy
const putty: Rule = (text, at) => {
  puttyLines.lastIndex = at
  const body = puttyLines.exec(text)?.[1]?.trimEnd()
  if (body === undefined) return undefined
  const start = text.indexOf(body, at)
  return { from: at, start, end: start + body.length, kind: "private-key" }
}

const jwtShape = /eyJ[\w-]{8,2048}\.(?:eyJ)?[\w-]{4,4096}\.[\w-]{8,1024}/y
const jwt: Rule = (text, at, isFree) => {
  jwtShape.lastIndex = at
  if (!jwtShape.test(text) || !isFree()) return undefined
  return { start: at, end: jwtShape.lastIndex, kind: "jwt" }
}

/** Digits before the colon are looked at backwards: the anchor is the colon with two of them. */
const botShape = /:AA[\w-]{33}(?![\w-])/y
const telegramToken: Rule = (text, at) => {
  botShape.lastIndex = at + 2
  if (!botShape.test(text)) return undefined
  let start = at
  while (start > 0 && at - start < 12 && /\d/.test(text[start - 1]!)) start--
  const digits = at + 2 - start
  // In an address it is preceded by "bot".
  const isApart = isAtStart(text, start) || text.slice(Math.max(0, start - 3), start) === "bot"
  if (digits < 6 || !isApart) return undefined
  return { start, end: botShape.lastIndex, kind: "telegram-token" }
}

const discordShape = /[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/y
/** How the base64 of a number begins: two digits and the upper bits of the third. */
const discordBeginnings = ["MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"].flatMap(
  (pair) => Array.from("AEIMQUYcgk", (third) => pair + third)
)
const discordToken: Rule = (text, at, isFree) => {
  discordShape.lastIndex = at
  if (!discordShape.test(text) || !isFree()) return undefined
  return { start: at, end: discordShape.lastIndex, kind: "discord-token" }
}

export const structures: ReadonlyArray<Anchored> = [
  { anchors: ["-----BEGIN"], rule: privateKey },
  { anchors: ["Private-Lines"], rule: putty },
  { anchors: ["eyJ"], rule: jwt },
  { anchors: ["00:"], rule: telegramToken },
  { anchors: discordBeginnings, rule: discordToken }
]
