// SPDX-License-Identifier: MIT OR Apache-2.0
/** What Telegram is sent is always valid, never too long, never empty, and holds every word. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { render as renderIn } from "../../src/layers/telegram/render.ts"
import { parseHtml } from "../fakes/bot-api/html.ts"

const render = (markdown: string, limit?: number) => renderIn(markdown, "growing", limit)

/** W stands for a word that must not be lost. */
const templates = [
  "W",
  " W ",
  "\n",
  "\n\n",
  "**W**",
  "**W",
  "*W*",
  "_W_",
  "***W** W*",
  "~~W~~",
  "~W~",
  "`W`",
  "`W",
  "``W ` W``",
  "\n```ts\nW < 1 && W\n",
  "\n```\nW\n```\n",
  "\n~~~\nW",
  "\n    W\n",
  "\n# W\n",
  "\nW\n===\n",
  "\n> W\n",
  "\n> > W\n> - W\n",
  "\n- W\n",
  "\n  - W\n",
  "\n- [x] W\n- [ ] W\n",
  "\n7. W\n",
  "\n| W | W |\n|---|:-:|\n| **W** | W \\| W |\n| W | W | W |\n",
  "\n| W | a long column of W | another column W |\n|---|---|---|\n| W | **W** and W | `W` |\n|  | W \\| W | |\n",
  "\n> | W lorem ipsum dolor sit amet | |\n> |---|---|\n> | W consectetur adipiscing elit | W |\n",
  "\n---\n",
  "<u>W</u>",
  "<b>W",
  "W</i>",
  "<br>W",
  "<!-- W -->",
  '\n<div class="x">W\n\nW</div>\n',
  "&lt;W&gt; &W; &#38;W &#0;W",
  "<W & W>",
  "\\*W\\_",
  "😀W👩‍👩‍👧",
  "\ud83dW",
  "W\u0000\u0007W",
  "e\u0301W",
  "\n[W]: https://example.org/W\n"
] as const
const links = [
  '[W](https://example.org/?a=1&b="W")',
  "\n| W | a column of long W | more of W |\n|-|-|-|\n| [W](https://example.org/W) | W | <W@example.org> |\n",
  "[**W** `W`](https://example.org/W)",
  "[W](/W)",
  "[W](javascript:W)",
  "![W](https://example.org/W.png)",
  "https://example.org/W",
  "<W@example.org>"
] as const
const fillers = [
  "",
  " lorem ipsum".repeat(90),
  "x".repeat(4090),
  "<&>".repeat(700),
  "a\n".repeat(900),
  "😀".repeat(2050)
]

const markdownOf = (choices: ReadonlyArray<string>) =>
  Arbitrary.array(
    Arbitrary.all([
      Arbitrary.schema(Schema.Literals(choices)),
      Arbitrary.schema(Schema.Literals(["", "", "", "", "", "", ...fillers]))
    ]),
    { maxLength: 40 }
  ).pipe(
    Arbitrary.map((parts) => {
      let n = 0
      return parts
        .map(([template, filler]) => template.replaceAll("W", () => `w${n++}q`) + filler)
        .join("")
    })
  )

/** What is cut away where a message ends, and what nobody sees. */
const blank = /[\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu

const textOf = (body: string): string => {
  const parsed = parseHtml(body)
  assert.isTrue(parsed.ok, parsed.ok ? "" : `${parsed.description}\n${body}`)
  return parsed.ok ? parsed.text : ""
}

const checkPieces = (markdown: string, limit = 4096) => {
  const pieces = render(markdown, limit)
  assert.isAtLeast(pieces.length, 1)
  for (const { body, plain } of pieces) {
    assert.isAtMost(body.length, limit)
    assert.isAtMost(plain.length, limit)
    assert.isTrue(body.isWellFormed() && plain.isWellFormed())
    assert.notStrictEqual(textOf(body).trim(), "")
    assert.notStrictEqual(plain.trim(), "")
  }
  return pieces
}

describe("render", () => {
  it.effect.prop(
    "wild Markdown gives valid messages within the limit that hold every word",
    [markdownOf([...templates, ...links])],
    ([markdown]) =>
      Effect.sync(() => {
        const plain = checkPieces(markdown)
          .map((piece) => piece.plain)
          .join("")
        for (const [word] of markdown.matchAll(/w\d+q/g)) assert.include(plain, word)
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop(
    "without links the markup and the plain text say the same",
    [markdownOf(templates)],
    ([markdown]) =>
      Effect.sync(() => {
        for (const { body, plain } of checkPieces(markdown)) {
          assert.strictEqual(textOf(body), plain)
        }
      }),
    { arbitrary: { runs: 150 } }
  )

  it.effect.prop(
    "split at any limit, what the messages show together is what one would show",
    [
      markdownOf([...templates, ...links]),
      Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 120, maximum: 4096 })))
    ],
    ([markdown, limit]) =>
      Effect.sync(() => {
        const shown = (pieces: ReturnType<typeof render>) =>
          pieces
            .map(({ plain }) => plain)
            .join("")
            .replaceAll(blank, "")
        assert.strictEqual(
          shown(checkPieces(markdown, limit)),
          shown(render(markdown, Number.MAX_SAFE_INTEGER))
        )
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop(
    "every word stands once, and in its place",
    [markdownOf([...templates, ...links].filter((template) => !/\||&lt;/.test(template)))],
    ([markdown]) =>
      Effect.sync(() => {
        const words = (text: string) => [...text.matchAll(/w\d+q/g)].map(([word]) => word)
        const plain = render(markdown)
          .map((piece) => piece.plain)
          .join("")
        assert.deepStrictEqual(words(plain), words(markdown))
      }),
    { arbitrary: { runs: 300 } }
  )

  it.effect.prop("any string at all can be shown", [Schema.String], ([text]) =>
    Effect.sync(() => void checkPieces(text))
  )

  it.effect("what is empty, blank or invisible still gives a message", () =>
    Effect.sync(() => {
      for (const text of [
        "",
        " ",
        "\n\n\t",
        "\u200b\u2800\ufeff",
        "```\n```",
        "<br>",
        "# ",
        "\u0000",
        "\u00ad"
      ]) {
        assert.deepStrictEqual(checkPieces(text), [{ body: "(empty)", plain: "(empty)" }])
      }
    })
  )

  it.effect("markup becomes Telegram's own", () =>
    Effect.sync(() => {
      const body = (markdown: string) => render(markdown)[0]?.body
      assert.strictEqual(
        body("**b** *i* ~~s~~ `c<` <u>u</u>"),
        "<b>b</b> <i>i</i> <s>s</s> <code>c&lt;</code> <u>u</u>"
      )
      assert.strictEqual(body("# Title\n\ntext"), "<b>Title</b>\n\ntext")
      assert.strictEqual(body("- a\n  - b\n- [x] c"), "• a\n  • b\n☑ c")
      assert.strictEqual(body("3. a\n4. b"), "3. a\n4. b")
      assert.strictEqual(body("> q\n> **w**"), "<blockquote>q\n<b>w</b></blockquote>")
      assert.strictEqual(
        body("```ts x\na < b\n```"),
        '<pre><code class="language-ts">a &lt; b</code></pre>'
      )
      assert.strictEqual(body("```\na\n```"), "<pre>a</pre>")
      assert.strictEqual(body("|a|bb|\n|-|-|\n|ccc|d|"), "<pre>a   │ bb\n────┼───\nccc │ d</pre>")
      assert.strictEqual(
        body('[t](https://e.org/?a&b="c")'),
        '<a href="https://e.org/?a&amp;b=&quot;c&quot;">t</a>'
      )
      assert.strictEqual(render("[t](https://e.org)")[0]?.plain, "t (https://e.org)")
      assert.strictEqual(body("about ~5 or ~6~ & <x>"), "about ~5 or ~6~ &amp; &lt;x&gt;")
      assert.strictEqual(body("[f](/etc) [j](javascript:x)"), "f (/etc) j (javascript:x)")
    })
  )

  it.effect("a table too wide for a phone becomes a block of lines for each row", () =>
    Effect.sync(() => {
      const wide = [
        "|Name|What it is for|Price|",
        "|-|-|-|",
        "|Ada|a person who *counts* on it daily|[3 €](https://e.org)|",
        "|Bo||4 €|"
      ].join("\n")
      assert.strictEqual(
        render(wide)[0]?.body,
        [
          "Name: <b>Ada</b>",
          "What it is for: a person who <i>counts</i> on it daily",
          'Price: <a href="https://e.org">3 €</a>',
          "",
          "Name: <b>Bo</b>",
          "What it is for: ",
          "Price: 4 €"
        ].join("\n")
      )
      const tableOf = (cell: string) => render(`|a|b|\n|-|-|\n|c|${cell}|`)[0]?.body ?? ""
      assert.match(tableOf("x".repeat(40)), /^<pre>/)
      assert.match(tableOf("x".repeat(41)), /^a: <b>c<\/b>\nb: x+$/)
      assert.match(tableOf("字".repeat(21)), /^a: /)
      assert.match(tableOf("[x](https://e.org)"), /x \(https:\/\/e.org\)<\/pre>$/)
      assert.match(render(`|${"x".repeat(60)}|b|\n|-|-|`)[0]?.body ?? "", /^<pre>/)
    })
  )

  it.effect("a code fence that must be cut is closed and opened again with its language", () =>
    Effect.sync(() => {
      const lines = Array.from({ length: 900 }, (_, i) => `const a${i} = ${i} < 1`)
      const pieces = checkPieces(`Look:\n\n\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n\ndone`)
      assert.isAbove(pieces.length, 3)
      const code = pieces.map(({ body }) => {
        const match = /<pre><code class="language-ts">([^]*)<\/code><\/pre>/.exec(body)
        return textOf(match?.[1] ?? "")
      })
      assert.deepStrictEqual(code.join("\n").split("\n").filter(Boolean), lines)
    })
  )

  it.effect("a code fence that fits into a message stays whole", () =>
    Effect.sync(() => {
      const code = Array.from({ length: 60 }, (_, i) => `line ${i}\n`).join("\n")
      for (let words = 300; words < 900; words += 25) {
        const bodies = render(`${"word ".repeat(words)}\n\n\`\`\`\n${code}\`\`\`\n\nend`)
        assert.strictEqual(bodies.filter(({ body }) => body.includes("<pre>")).length, 1)
      }
    })
  )

  it.effect("a link is never cut, wherever it falls", () =>
    Effect.sync(() => {
      const link = '<a href="https://example.org/a/b">some linked words</a>'
      for (let before = 3970; before <= 4100; before++) {
        const pieces = checkPieces(
          `${"x".repeat(before)} [some linked words](https://example.org/a/b) end`
        )
        assert.strictEqual(pieces.filter(({ body }) => body.includes(link)).length, 1)
      }
    })
  )

  it.effect("a link that no message can hold becomes text, its address behind it", () =>
    Effect.sync(() => {
      const address = `https://example.org/${"a".repeat(1500)}`
      const label = Array.from({ length: 500 }, (_, i) => `w${i}q`).join(" ")
      const pieces = checkPieces(`before [${label}](${address}) after`)
      const plain = pieces.map((piece) => piece.plain).join(" ")
      assert.isFalse(pieces.some(({ body }) => body.includes("<a")))
      assert.include(plain, `(${address}) after`)
      for (const word of label.split(" ")) assert.include(plain, word)
    })
  )

  it.effect("more than a hundred pieces of markup go into several messages, none is dropped", () =>
    Effect.sync(() => {
      const links = Array.from({ length: 230 }, (_, n) => `[a${n}](https://e.org/${n}) **b**`)
      const pieces = checkPieces(links.join("\n"))
      assert.isAtLeast(pieces.length, 5)
      const bodies = pieces.map(({ body }) => body).join("\n")
      for (let n = 0; n < 230; n++) assert.include(bodies, `<a href="https://e.org/${n}">a${n}</a>`)
    })
  )

  it.effect("references become links, and definitions stay readable", () =>
    Effect.sync(() => {
      assert.strictEqual(
        render("[a][1]\n\n[1]: https://example.org")[0]?.body,
        '<a href="https://example.org">a</a>\n\n[1]: https://example.org'
      )
      assert.include(
        render("See below.\n\n[1]: https://example.org/a 'A title'")[0]?.plain,
        "'A title'"
      )
    })
  )

  it.effect("neither surrogate pairs nor joined signs nor references are cut", () =>
    Effect.sync(() => {
      for (let before = 0; before < 12; before++) {
        const family = "👩‍👩‍👧"
        const pieces = checkPieces("x".repeat(before) + family.repeat(1200))
        assert.isTrue(pieces.every(({ plain }) => plain.endsWith(family)))
        const ampersands = checkPieces("x".repeat(before) + "&".repeat(3000))
        assert.strictEqual(
          ampersands.map(({ body }) => textOf(body)).join("").length,
          before + 3000
        )
      }
    })
  )

  it.effect("text is cut between paragraphs when it can be", () =>
    Effect.sync(() => {
      const paragraph = "word ".repeat(150).trim()
      const pieces = checkPieces(Array(20).fill(paragraph).join("\n\n"))
      const paragraphs = pieces.flatMap(({ plain }) => plain.split("\n\n"))
      assert.isTrue(paragraphs.length === 20 && paragraphs.every((text) => text === paragraph))
    })
  )

  it.effect("what would take the parser long is shown as it is, and all around it as ever", () =>
    Effect.sync(() => {
      for (const slow of [
        `${"a".repeat(30_000)}@`,
        `${"a.".repeat(15_000)}@b`,
        "a_b*c".repeat(6000),
        "*a".repeat(7500) + "*".repeat(7500)
      ]) {
        const pieces = checkPieces(`**before**\n\n${slow}\n\n**after**`)
        assert.strictEqual(
          pieces
            .map(({ plain }) => plain)
            .join("")
            .replaceAll("\n", ""),
          `before${slow}after`
        )
        assert.isTrue(pieces[0]?.body.startsWith("<b>before</b>"))
        assert.isTrue(pieces.at(-1)?.body.endsWith("<b>after</b>"))
      }
    })
  )

  it.effect("a very long text is shown as it is, in pieces", () =>
    Effect.sync(() => {
      const text = Array.from({ length: 20_000 }, (_, i) => `**w${i}q** <b>[a](http://b)`).join(" ")
      const pieces = checkPieces(text)
      for (const { body, plain } of pieces) assert.strictEqual(textOf(body), plain)
      assert.strictEqual(pieces.map(({ plain }) => plain).join(" "), text)
      assert.match(render(`**${"x ".repeat(19_000)}y**`).at(-1)?.body ?? "", /x y<\/b>$/)
    })
  )

  it.effect("tags are paired with the nearest end, and any other tag is text", () =>
    Effect.sync(() => {
      const body = (markdown: string) => render(markdown)[0]?.body
      assert.strictEqual(body("<b>a <B>b</b> c</b>"), "<b>a &lt;B&gt;b</b> c&lt;/b&gt;")
      assert.strictEqual(body("<b>a <I>b</i> c</B> d"), "<b>a <i>b</i> c</b> d")
      assert.strictEqual(body("<i>a <b>b</i> c</b>"), "<i>a &lt;b&gt;b</i> c&lt;/b&gt;")
      assert.strictEqual(body("</u>a<u>"), "&lt;/u&gt;a&lt;u&gt;")
      assert.strictEqual(
        body("x <constructor>y</constructor>"),
        "x &lt;constructor&gt;y&lt;/constructor&gt;"
      )
    })
  )

  it.effect("what the parser cannot follow is shown as it is", () =>
    Effect.sync(() => {
      for (const text of [
        "> ".repeat(20_000) + "deep",
        "[".repeat(30_000) + "deep",
        "- ".repeat(5000) + "deep"
      ]) {
        const plain = checkPieces(text).map((piece) => piece.plain)
        assert.include(plain.join(""), "deep")
      }
    })
  )
})
