// SPDX-License-Identifier: MIT OR Apache-2.0
/** What others wrote or said is shown as it is, whatever it would mean in Markdown. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { literal } from "../../src/domain/literal.ts"
import { render } from "../../src/layers/telegram/render.ts"
import { parseHtml } from "../fakes/bot-api/html.ts"

const pieces =
  "a|word| |    |\t|\n|\n\n|*|**|_|`|```|~~|#|# |- |-|---|===|+ |1. |2) |> |[|](|)|!|<b>|</b>|&amp;|\\|\\*|“|🎤|=|:|.|'|https://a.example/x_y|www.a.example|a_b@c.example"
    .split("|")
    .concat("|", "|---|")
const Piece = Schema.Literals(pieces)

const read = (markdown: string) =>
  render(markdown, "final")
    .map(({ body }) => {
      const parsed = parseHtml(body)
      return parsed.ok ? parsed.text : "unreadable"
    })
    .join("")
const words = (text: string) => text.replaceAll(/\s+/g, "")

describe("literal text", () => {
  it.prop("reads as it was written", [Schema.Array(Piece)], ([chosen]) => {
    const text = chosen.join("")
    assert.strictEqual(words(read(`🎤 “${literal(text)}”`)), words(`🎤 “${text}”`))
  })
})
