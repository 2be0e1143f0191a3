// SPDX-License-Identifier: MIT OR Apache-2.0
/** Code too long for a chat becomes documents: with the text around them they hold every letter. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { render } from "../../src/layers/telegram/render.ts"
import type { Rendered } from "../../src/services/Channel.ts"
import { parseHtml } from "../fakes/bot-api/html.ts"

const fence = (language: string, code: string) => `\n\n\`\`\`${language}\n${code}\n\`\`\`\n\n`
const linesOf = (count: number, word = "line") =>
  Array.from({ length: count }, (_, i) => `${word} ${i}`).join("\n")

const documentsOf = (pieces: ReadonlyArray<Rendered>) =>
  pieces.flatMap(({ asFile }) => (asFile?._tag === "Written" ? [asFile] : []))
const namesOf = (markdown: string) => documentsOf(render(markdown, "final")).map(({ name }) => name)

/** All texts, each document in the place that names it. */
const rejoined = (pieces: ReadonlyArray<Rendered>): string => {
  const documents = new Map(documentsOf(pieces).map(({ content, name }) => [name, content]))
  const texts = pieces.filter(({ asFile }) => asFile === undefined)
  return texts
    .map(({ plain }) => plain)
    .join("\n")
    .replaceAll(/📎 (\S+), \d+ lines/g, (_, name: string) => documents.get(name) ?? "(lost)")
}
const withoutBlanks = (text: string) => text.replaceAll(/\s+/g, "")

const blocks = [
  "Some *words* before.\n\n",
  "- a list\n- of things\n",
  "> a quote\n",
  "| a | b |\n|---|---|\n| 1 | 2 |\n",
  fence("ts", linesOf(10)),
  fence("python", linesOf(61)),
  fence("", linesOf(300, "<b>&🦊")),
  fence("c++", "x".repeat(2801)),
  fence("Weird/../name", linesOf(90, "*not bold*")),
  `- in a list\n\n  \`\`\`sh\n${linesOf(70, "  echo").replaceAll("\n", "\n  ")}\n  \`\`\`\n`,
  `> ${"```"}\n${linesOf(65, "> quoted").replaceAll(/^(?!>)/gm, "> ")}\n> ${"```"}\n`,
  `\n\n${linesOf(80, "    indented")}\n\n`,
  `\n~~~rust\n${linesOf(200, "never closed")}`
] as const

describe("render with documents", () => {
  it.effect.prop(
    "says the same as text alone, documents last, each message valid",
    [Arbitrary.array(Arbitrary.schema(Schema.Literals(blocks)), { maxLength: 8 })],
    ([parts]) =>
      Effect.sync(() => {
        const markdown = parts.join("")
        const pieces = render(markdown, "final")
        const firstFile = pieces.findIndex(({ asFile }) => asFile !== undefined)
        const files = firstFile === -1 ? [] : pieces.slice(firstFile)
        assert.isAtLeast(pieces.length - files.length, 1)
        assert.isTrue(files.every(({ asFile }) => asFile !== undefined))
        const names = documentsOf(pieces).map(({ name }) => name)
        assert.strictEqual(new Set(names).size, names.length)
        for (const name of names) assert.match(name, /^code(-\d+)?\.[a-z0-9]+$/)
        const asText = render(markdown, "growing")
        assert.strictEqual(
          withoutBlanks(rejoined(pieces)),
          withoutBlanks(asText.map(({ plain }) => plain).join("\n"))
        )
        for (const { asFile, body, more = [], plain } of pieces) {
          for (const text of [{ body, plain }, ...more]) {
            assert.isAtMost(text.body.length, 4096)
            assert.isTrue(parseHtml(text.body).ok)
          }
          if (asFile?._tag !== "Written") continue
          const instead = [plain, ...more.map((text) => text.plain)].join("\n")
          assert.strictEqual(withoutBlanks(instead), withoutBlanks(asFile.content))
        }
      }),
    { arbitrary: { runs: 100 } }
  )

  it.effect("what reads well stays in the text: up to 60 lines and 2,800 characters", () =>
    Effect.sync(() => {
      assert.deepEqual(namesOf(fence("ts", linesOf(60))), [])
      assert.deepEqual(namesOf(fence("ts", linesOf(61))), ["code.ts"])
      assert.deepEqual(namesOf(fence("ts", "x".repeat(2800))), [])
      assert.deepEqual(namesOf(fence("ts", "x".repeat(2801))), ["code.ts"])
      assert.deepEqual(namesOf(linesOf(1000)), [])
      assert.deepEqual(namesOf(`|a|\n|-|\n${"|b|\n".repeat(100)}`), [])
    })
  )

  it.effect("documents are named after their language, and told apart", () =>
    Effect.sync(() => {
      const code = linesOf(70)
      const languages = ["Python", "", "typescript", "C++", "constructor", "c#", "zig"]
      assert.deepEqual(namesOf(languages.map((one) => fence(one, code)).join("")), [
        "code.py",
        "code-2.txt",
        "code-3.ts",
        "code-4.cpp",
        "code-5.txt",
        "code-6.cs",
        "code-7.zig"
      ])
    })
  )

  it.effect("the text around a document stays as it is, and the code to the letter", () =>
    Effect.sync(() => {
      const code = `${linesOf(40, "\tif a < b && c:  ")}\n\n\n${linesOf(60, "🦊 *x*")}`
      const [text, file] = render(`**Before**${fence("py", code)}after`, "final")
      assert.strictEqual(text?.body, "<b>Before</b>\n\n📎 code.py, 102 lines\n\nafter")
      assert.deepEqual(file?.asFile, { _tag: "Written", name: "code.py", content: `${code}\n` })
    })
  )

  it.effect("a reply too long to be parsed keeps its code apart all the same", () =>
    Effect.sync(() => {
      const code = linesOf(9000, "a line of code")
      const pieces = render(`**Before**${fence("go", code)}_after_`, "final")
      assert.deepEqual(pieces.map(({ body }) => body).slice(0, 1), [
        "<b>Before</b>\n\n📎 code.go, 9000 lines\n\n<i>after</i>"
      ])
      assert.strictEqual(documentsOf(pieces)[0]?.content, `${code}\n`)
    })
  )
})
