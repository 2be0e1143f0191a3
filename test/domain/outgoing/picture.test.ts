// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { shownAs } from "../../../src/domain/outgoing/picture.ts"
import { gif, jpeg, png, webp } from "../../support/pictures.ts"

describe("shownAs", () => {
  it.effect.each([
    ["a PNG", png(640, 480), "photo"],
    ["a JPEG", jpeg(640, 480), "photo"],
    ["a WebP", webp(640, 480), "photo"],
    ["a GIF", gif(64, 48), "animation"],
    ["sides that make up just enough", png(5000, 5000), "photo"],
    ["sides that make up too much", png(5000, 5001), "document"],
    ["a strip just wide enough", jpeg(2000, 100), "photo"],
    ["a strip too narrow", jpeg(2001, 100), "document"],
    ["no height", png(10, 0), "document"],
    ["just small enough", new Uint8Array([...png(10, 10), ...new Uint8Array(9_999_971)]), "photo"],
    ["too many bytes", new Uint8Array([...png(10, 10), ...new Uint8Array(9_999_972)]), "document"],
    ["a cut header", png(640, 480).slice(0, 20), "document"],
    ["a JPEG without a frame", jpeg(640, 480).slice(0, 14), "document"],
    ["text", new TextEncoder().encode("PNG"), "document"]
  ] as const)("%s", ([, bytes, expected]) =>
    Effect.sync(() => assert.strictEqual(shownAs(bytes), expected))
  )

  it.effect.prop(
    "whatever bytes follow a picture's sign, it answers",
    [
      Schema.Literals([
        "\u0089PNG\r\n\u001a\n",
        "\u00ff\u00d8\u00ff",
        "GIF89a",
        "RIFF    WEBPVP8L"
      ]),
      Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))
    ],
    ([sign, rest]) =>
      Effect.sync(() =>
        assert.include(
          ["photo", "animation", "document"],
          shownAs(Buffer.concat([Buffer.from(sign, "latin1"), Buffer.from(rest)]))
        )
      )
  )
})
