// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a name, a sign and a value are written that together say that the value is a secret. */

const keys = (word: string) => ["_", "-", " ", ""].map((sign) => `${word}${sign}key`)

const keyNames = [
  "api",
  "access",
  "account",
  "private",
  "auth",
  "encryption",
  "signing",
  "preshared",
  "subscription",
  "functions",
  "master"
]

/** The first letters of each word that names a secret; the rest is looked at when one is found. */
export const nameAnchors = [
  "pass",
  "pwd",
  "psk",
  "kennwort",
  "aseña",
  "asena",
  "nha",
  "пароль",
  "Пароль",
  "ПАРОЛЬ",
  "パスワード",
  "비밀번호",
  "secret",
  "token",
  "credential",
  "sig=",
  ...["密码", "密碼", "口令"].flatMap((word) =>
    Array.from(":：=＝是为為 　\"'`*_", (next) => word + next)
  ),
  ...keyNames.flatMap(keys)
]

const word =
  /(?:pass(?:wor[dt]|wd|phrase|code|e)?|pwd|psk|kennwort|(?<=contr)ase[ñn]a|(?<=se)nha|пароль|密码|密碼|口令|パスワード|비밀번호|secret|token|(?:api|access|account|private|auth|encryption|signing|preshared|subscription|functions|master)[ _-]?key|credentials?|sig(?==))/
/** What may follow the word within the name: nothing that says that it is about the secret only. */
const ending =
  /(?:[ _-]?(?:access[ _-]?key|key|token|value|prod|live|test|dev))?[_-]?\d{0,3}(?:\*{1,2}|_{2})?(?<mark>\\{0,7}["'`]|\\u0022|%22|&quot;)?\]?(?:\*{1,2})?/
const about = /(?:[ \t](?:for|of|on|to|in|at|für|de|para|pour)[ \t][^\n:=]{1,40}?)?/
const type = /(?:[ \t]{0,3}:[ \t]{0,3}&?(?:str|string|secretstr)(?=[ \t]{0,3}=))?/
const assign =
  /[ \t\u00a0\u202f\u3000]{0,3}(?:=>|:=|={1,3}|%3D|%3A|[:：＝](?:\*{1,2})?(?:[ \t]{0,3}[|>][+-]?(?=\r?\n|\\))?(?:[ \t]{0,3}(?:\r?\n|\\{1,7}n)[ \t]{0,20})?\s?)[ \t\u3000]{0,20}/
const speech =
  /[ \t]{1,3}(?:is|ist|lautet|est|es|é|—|–)[ \t]{1,3}|[ \t]?(?:是|为|為|は)[ \t\u3000]{0,3}/
const comma = /[ \t]{0,3},[ \t]{0,3}/
const element = /(?:[ \t][^<>\n]{0,100})?>/
const blank = /[ \t]{1,3}/

const head = `(?<word>${word.source})${ending.source}(?:${about.source}${type.source}(?:(?<assign>${assign.source})|(?<speech>${speech.source}))|(?<comma>${comma.source})|(?<element>${element.source})|(?<blank>${blank.source}))(?<lead>\\\\u0022|%22|&quot;|&#3[49];|[bfru](?=["']))?`

/** A name with its sign, up to the value. */
export const named = new RegExp(head, "iy")

/**
 * A value in quotes, which may be escaped themselves, in a line of JSON that quotes another: with k
 * backslashes before each quote, a backslash within is 2k + 2 of them.
 */
export const quoted =
  /(\\{0,7})(["'`])((?:(?!\2)[^\\\n]|\1\1\\\\|\1\1\\\2|(?!\1\1\\\\)\\{1,16}(?!\2)[^\\\n]){1,512})\1\2/y

/** What ends in another script's sentence, and brackets that open nothing. */
const ends = "。，、；！？」』）"
/** What a longer value goes on with. */
export const goesOn = /[^\s"'`,;&|<>\\]{0,8192}/y
/** Without quotes, where signs part it from what follows. */
export const bare = new RegExp(
  `(?:[^\\s"'\`,;&|<>%\\\\${ends}]|%(?!2[26C]|7D|0A)|\\\\(?!["'n]|u00)){1,256}`,
  "y"
)
/** In a sentence or on a line of its own only a blank parts it. */
export const spoken = new RegExp(
  `(?:[^\\s"'\`,;&|<>\\\\${ends}]|\\\\(?!["'n]|u00)|(?<=\\w)'(?=\\w)|[,;&|<>](?=[^\\s"'\`\\\\])){1,256}`,
  "y"
)
export const inElement = /[^<>\n]{1,512}(?=<\/)/y

const unnamed = ({ source }: RegExp) => source.replaceAll(/\(\?<\w+>/g, "(?:")

/** All of it; the value's forms are one within the other but for the quotes. */
export const span = new RegExp(
  `${head}(?:${quoted.source
    .replaceAll("\\1", "\\k<run>")
    .replaceAll("\\2", "\\k<sign>")
    .replace("(\\\\{0,7})", "(?<run>\\\\{0,7})")
    .replace(
      "([\"'`])",
      "(?<sign>[\"'`])"
    )}|["'\`]?(?:[^\\s"\`\\\\]|\\\\(?!["'n])){0,600})|(?:${word.source})${unnamed(ending)}${element.source}[^<>\\n]{1,512}(?:</)?`,
  "iy"
)
