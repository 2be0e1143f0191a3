// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a file is and how large its picture, read off its bytes. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { imageSize } from "../../../src/domain/files/imageSize.ts"
import { pdfPages } from "../../../src/domain/files/pdfPages.ts"
import { isImageType, sniff, textIn } from "../../../src/domain/files/sniff.ts"
import { gif, jpeg, pdf, png, webp } from "../../support/pictures.ts"

const latin = (text: string) => Buffer.from(text, "latin1")
const whole = (bytes: Uint8Array) => sniff(bytes, true).mediaType

const pictures = [
  ["image/png", png(300, 200)],
  ["image/jpeg", jpeg(300, 200)],
  ["image/gif", gif(300, 200)],
  ["image/webp", webp(300, 200, "VP8 ")],
  ["image/webp", webp(300, 200, "VP8L")],
  ["image/webp", webp(300, 200, "VP8X")]
] as const

describe("sniff", () => {
  it.each([
    ...pictures,
    ["application/pdf", pdf("x")],
    ["audio/ogg", latin("OggS\0\x02")],
    ["audio/mpeg", latin("ID3\x04\0")],
    ["audio/mp4", latin("\0\0\0\x20ftypM4A ")],
    ["video/mp4", latin("\0\0\0\x20ftypisom")],
    ["application/zip", latin("PK\x03\x04")],
    ["text/plain", Buffer.from("ID3 is a kind of tag, and 狐 a fox\r\n\tyes\f")],
    ["text/plain", Buffer.from("%PD")],
    ["text/plain", Buffer.from("\ufeffas Windows writes it", "utf16le")],
    ["text/plain", Buffer.from("\ufeffthe other way round", "utf16le").swap16()],
    ["application/octet-stream", latin("caf\xe9 in another encoding")],
    ["application/octet-stream", latin("text\0with a zero")],
    ["application/octet-stream", latin("\x89PNG")]
  ] as const)("%s", (type, bytes) => {
    assert.strictEqual(whole(bytes), type)
  })

  it("a text that is cut within a character is a text", () => {
    const bytes = Buffer.from("🦊🦊")
    for (const length of [4, 5, 6, 7])
      assert.strictEqual(sniff(bytes.subarray(0, length), false).mediaType, "text/plain")
    assert.strictEqual(whole(bytes.subarray(0, 7)), "application/octet-stream")
  })

  it("UTF-16 is read where its mark tells it", () => {
    const bytes = Buffer.from("\ufeffGrüße, 🦊", "utf16le")
    assert.strictEqual(textIn(bytes), "Grüße, 🦊")
    assert.strictEqual(textIn(Buffer.from(bytes).swap16()), "Grüße, 🦊")
    for (const less of [1, 2, 3])
      assert.strictEqual(
        sniff(bytes.subarray(0, bytes.length - less), false).mediaType,
        "text/plain"
      )
  })

  it.prop("any text without control signs is one", [Schema.String], ([text]) => {
    const clean = text.toWellFormed().replaceAll(/\p{Cc}/gu, " ")
    const bytes = Buffer.from(`- ${clean}`)
    assert.strictEqual(whole(bytes), "text/plain")
    assert.strictEqual(textIn(bytes), `- ${clean}`)
  })
})

describe("pdfPages", () => {
  it.each([
    [1, "nothing"],
    [2, "<</Type /Page>> <</Type/Page /Parent 1 0 R>> <</Type /Pages /Kids []>>"],
    [40, "<</Type /Pages /Kids [3 0 R]\n/Count 40>> <</Type /Page>>"]
  ])("%s: %s", (pages, words) => {
    assert.strictEqual(pdfPages(pdf(words)), pages)
  })
})

describe("imageSize", () => {
  it.each(pictures)("%s", (type, bytes) => {
    assert.deepEqual(imageSize(bytes, type), { width: 300, height: 200 })
  })

  it("tells nothing of pictures that are cut, wherever", () => {
    for (const [type, bytes] of pictures)
      for (let length = 0; length < Math.min(bytes.length, 40); length++) {
        const size = imageSize(bytes.subarray(0, length), type)
        if (size !== undefined) assert.deepEqual(size, { width: 300, height: 200 })
      }
  })

  it.prop(
    "answers to any bytes",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))],
    ([numbers]) => {
      for (const [type, head] of pictures) {
        const bytes = Buffer.concat([Buffer.from(head.subarray(0, 14)), Buffer.from(numbers)])
        const size = imageSize(bytes, type)
        assert.isTrue(isImageType(type))
        if (size !== undefined) assert.isAbove(Math.min(size.width, size.height), 0)
      }
    }
  )
})
