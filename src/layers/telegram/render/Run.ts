// SPDX-License-Identifier: MIT OR Apache-2.0
/** Text with its markup, flat: what Markdown becomes before it is cut into messages. */

export type Mark =
  | { readonly _tag: "quote" | "bold" | "italic" | "underline" | "strike" | "code" }
  | { readonly _tag: "link"; readonly href: string }
  /** Code, or else a table. */
  | { readonly _tag: "pre"; readonly language: string; readonly isCode: boolean }

/** Neighbours that carry the same mark (by identity) stand within one pair of tags. */
export interface Run {
  readonly text: string
  /** Outermost first. */
  readonly marks: ReadonlyArray<Mark>
}

const simple = { quote: "blockquote", bold: "b", italic: "i", underline: "u", strike: "s" } as const

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const escapeAttribute = (text: string): string => escape(text).replaceAll('"', "&quot;")

const openingTag = (mark: Mark): string => {
  switch (mark._tag) {
    case "code":
      return "<code>"
    case "link":
      return `<a href="${escapeAttribute(mark.href)}">`
    case "pre":
      return mark.language === "" ? "<pre>" : `<pre><code class="language-${mark.language}">`
    default:
      return `<${simple[mark._tag]}>`
  }
}

const closingTag = (mark: Mark): string => {
  switch (mark._tag) {
    case "code":
      return "</code>"
    case "link":
      return "</a>"
    case "pre":
      return mark.language === "" ? "</pre>" : "</code></pre>"
    default:
      return `</${simple[mark._tag]}>`
  }
}

/** What follows a link in plain text, where the address would else be lost. */
export const plainSuffix = (text: string, href: string): string =>
  href === text || href === `mailto:${text}` || href === `http://${text}` ? "" : ` (${href})`

/** Adds a mark inside what is open, unless it is open already or Telegram forbids it there. */
export const withMark = (marks: ReadonlyArray<Mark>, mark: Mark): ReadonlyArray<Mark> => {
  if (
    marks.some((open) => open._tag === mark._tag || (open._tag === "link" && mark._tag === "code"))
  )
    return marks
  const outer = marks.filter((open) => open._tag === "quote")
  return mark._tag === "code" || mark._tag === "pre" ? [...outer, mark] : [...marks, mark]
}

export const markOf = (run: Run, tag: Mark["_tag"]): Mark | undefined =>
  run.marks.find((mark) => mark._tag === tag)

export const lengthOf = (runs: ReadonlyArray<Run>): number =>
  runs.reduce((sum, run) => sum + run.text.length, 0)

export const textOf = (runs: ReadonlyArray<Run>): string => runs.map((run) => run.text).join("")

/** The runs up to a position in their text, and those from there on. */
export const cutAt = (
  runs: ReadonlyArray<Run>,
  position: number
): [ReadonlyArray<Run>, ReadonlyArray<Run>] => {
  let left = position
  const at = runs.findIndex((run) => {
    if (run.text.length > left) return true
    left -= run.text.length
    return false
  })
  const run = runs[at]
  if (run === undefined) return [runs, []]
  if (left === 0) return [runs.slice(0, at), runs.slice(at)]
  return [
    [...runs.slice(0, at), { text: run.text.slice(0, left), marks: run.marks }],
    [{ text: run.text.slice(left), marks: run.marks }, ...runs.slice(at + 1)]
  ]
}

/** How many pairs of tags it takes. */
export const entitiesIn = (runs: ReadonlyArray<Run>): number => {
  let open: ReadonlyArray<Mark> = []
  let count = 0
  for (const { marks } of runs) {
    const differs = marks.findIndex((mark, i) => mark !== open[i])
    count += differs === -1 ? 0 : marks.length - differs
    open = marks
  }
  return count
}

/** As Telegram's HTML: every tag that is opened is closed. */
export const serialise = (runs: ReadonlyArray<Run>): string => {
  let html = ""
  let open: ReadonlyArray<Mark> = []
  const closeTo = (depth: number) => {
    for (const mark of open.slice(depth).toReversed()) html += closingTag(mark)
  }
  for (const run of runs) {
    const differs = run.marks.findIndex((mark, i) => mark !== open[i])
    const shared = differs === -1 ? run.marks.length : differs
    closeTo(shared)
    for (const mark of run.marks.slice(shared)) html += openingTag(mark)
    open = run.marks
    html += escape(run.text)
  }
  closeTo(0)
  return html
}

/** As text that needs no markup: a link's address stands behind it. */
export const readable = (runs: ReadonlyArray<Run>): string => {
  let plain = ""
  let shown = ""
  runs.forEach((run, i) => {
    plain += run.text
    const link = markOf(run, "link")
    if (link?._tag !== "link") return
    shown += run.text
    if (runs[i + 1]?.marks.includes(link) === true) return
    plain += plainSuffix(shown, link.href)
    shown = ""
  })
  return plain
}
