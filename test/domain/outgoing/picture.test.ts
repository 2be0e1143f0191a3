// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { shownAs } from "../../../src/domain/outgoing/picture.ts"
import { gif, jpeg, png, webp } from "../../support/pictures.ts"

/** A picture whose header speaks of another size than it has. */
const claiming = (width: number, height: number) => {
  const bytes = Buffer.from(png(1, 1))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}
const of = (size: number) => {
  const picture = png(10, 10)
  return Buffer.concat([picture, Buffer.alloc(size - picture.length)])
}

describe("shownAs", () => {
  it.effect.each([
    ["a PNG", png(640, 480), "photo"],
    ["a JPEG", jpeg(640, 480), "photo"],
    ["a WebP", webp(640, 480, "VP8X"), "photo"],
    ["a GIF", gif(64, 48), "animation"],
    ["sides that make up just enough", claiming(5000, 5000), "photo"],
    ["sides that make up too much", claiming(5000, 5001), "document"],
    ["a strip just wide enough", jpeg(2000, 100), "photo"],
    ["a strip too narrow", jpeg(2001, 100), "document"],
    ["no height", claiming(10, 0), "document"],
    ["just small enough", of(10_000_000), "photo"],
    ["too many bytes", of(10_000_001), "document"],
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
