// SPDX-License-Identifier: MIT OR Apache-2.0
/** Telegram's HTML mode, read as strictly as the Bot API reads it, and in nesting more strictly. */

export type Parsed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly description: string }

const allowed = new Set([
  "a",
  "b",
  "strong",
  "i",
  "em",
  "s",
  "strike",
  "del",
  "u",
  "ins",
  "tg-spoiler",
  "code",
  "pre",
  "blockquote"
])

const references: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' }

const unescape = (text: string): string =>
  text.replaceAll(/&([a-z]+);/g, (whole, name: string) => references[name] ?? whole)

/** What the real one tolerates and then drops is refused here: it would not show as meant. */
const nestingFault = (name: string, open: ReadonlyArray<string>): string | undefined => {
  const inCode = open.includes("code") || (open.includes("pre") && name !== "code")
  if (inCode) return `tag "${name}" inside code`
  if (
    (name === "pre" || name === "code") &&
    open.some((tag) => !["blockquote", "pre"].includes(tag))
  )
    return `tag "${name}" inside other markup`
  return open.includes(name) ? `nested tag "${name}"` : undefined
}

const attributesFault = (name: string, attributes: string): string | undefined => {
  const expected =
    name === "a" ? /^ href="[^"<>]+"$/ : name === "code" ? /^( class="language-[^"<>\s]+")?$/ : /^$/
  return expected.test(attributes) ? undefined : `attributes of tag "${name}"`
}

/** The real one keeps so many and drops the markup of the rest. */
const mostEntities = 100

export const parseHtml = (html: string): Parsed => {
  let entities = 0
  const open: Array<string> = []
  let text = ""
  let at = 0
  const refuse = (what: string): Parsed => ({
    ok: false,
    description: `Bad Request: can't parse entities: ${what} at byte offset ${Buffer.byteLength(html.slice(0, at))}`
  })
  while (at < html.length) {
    const next = html.indexOf("<", at)
    const end = next === -1 ? html.length : next
    text += unescape(html.slice(at, end))
    at = end
    if (next === -1) break
    const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9-]*)([^>]*)>/.exec(html.slice(at))
    if (tag === null) return refuse("Unsupported start tag")
    const [whole, slash, name, attributes] = [tag[0], tag[1], tag[2]!.toLowerCase(), tag[3]!]
    if (!allowed.has(name)) return refuse(`Unsupported start tag "${name}"`)
    if (slash === "/") {
      if (open.at(-1) !== name) return refuse(`Unmatched end tag, expected "</${open.at(-1)}>"`)
      open.pop()
    } else {
      const fault = attributesFault(name, attributes) ?? nestingFault(name, open)
      if (fault !== undefined) return refuse(fault)
      if (name !== "code" || open.at(-1) !== "pre") entities++
      if (entities > mostEntities) return refuse("too many entities")
      open.push(name)
    }
    at += whole.length
  }
  return open.length === 0
    ? { ok: true, text }
    : refuse(`Can't find end tag corresponding to start tag "${open.at(-1)}"`)
}
