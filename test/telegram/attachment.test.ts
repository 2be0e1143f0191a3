// SPDX-License-Identifier: MIT OR Apache-2.0
/** What of a message may be fetched, and which size of a photo. */
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { mostImage, photoEdge } from "../../src/domain/files/limits.ts"
import { attachmentIn, photoSizes } from "../../src/layers/telegram/incoming/attachment.ts"

const size = (width: number, height: number, file_size?: number) => ({
  file_id: `${width}x${height}`,
  file_unique_id: "u",
  width,
  height,
  ...(file_size !== undefined && { file_size })
})
const chosen = (...sizes: ReadonlyArray<ReturnType<typeof size>>) =>
  photoSizes(sizes).map(({ file_id }) => file_id)

const own = { origin: "person", trusted: true } as const
const found = (message: Readonly<Record<string, unknown>>) =>
  Option.getOrUndefined(attachmentIn(message, own))

describe("a photo's sizes", () => {
  it("the largest that fits first, then those below it", () => {
    assert.deepEqual(chosen(size(90, 60), size(1280, 800), size(320, 200)), [
      "1280x800",
      "320x200",
      "90x60"
    ])
    assert.deepEqual(chosen(size(90, 60), size(2000, 1), size(1, 2001)), ["2000x1", "90x60"])
    assert.deepEqual(chosen(size(90, 60, 1), size(1280, 800, mostImage + 1)), ["90x60"])
    assert.deepEqual(chosen(size(800, 600, mostImage)), ["800x600"])
  })

  it("the smallest alone where none fits", () => {
    assert.deepEqual(chosen(size(4000, 3000), size(2500, 2000)), ["2500x2000"])
    assert.deepEqual(chosen(), [])
  })

  const Edge = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 }))
  const Bytes = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 * mostImage }))
  it.prop(
    "one that fits is taken before any that does not",
    [Schema.Array(Schema.Tuple([Edge, Edge, Bytes]))],
    ([sizes]) => {
      const all = sizes.map((one) => size(...one))
      const fits = (one: ReturnType<typeof size>) =>
        Math.max(one.width, one.height) <= photoEdge && (one.file_size ?? 0) <= mostImage
      const picked = photoSizes(all)
      assert.strictEqual(picked.length > 0, all.length > 0)
      if (!all.some(fits)) return
      const largest = Math.max(
        ...all.filter(fits).map(({ height, width }) => Math.max(height, width))
      )
      assert.strictEqual(Math.max(picked[0]!.width ?? 0, picked[0]!.height ?? 0), largest)
    }
  )
})

describe("an attachment", () => {
  it("is what Telegram says of it, with its name made fit to be shown", () => {
    const document = {
      file_id: "f",
      file_unique_id: "u",
      file_name: "../a\u202E[b]\n.pdf",
      mime_type: "application/pdf",
      file_size: 7
    }
    assert.deepEqual(found({ document }), {
      _tag: "Attachment",
      ...own,
      kind: "document",
      unique: "u",
      sources: [{ ref: "f", size: 7 }],
      mediaType: "application/pdf",
      name: "../a (b) .pdf"
    })
    const voice = { file_id: "v", file_unique_id: "w", duration: 3 }
    assert.strictEqual(found({ voice })?.seconds, 3)
    assert.strictEqual(found({ animation: voice, document })?.kind, "animation")
  })

  it("is nothing where there is no way to fetch it", () => {
    for (const message of [{}, { photo: [] }, { photo: 7 }, { document: { file_id: "" } }])
      assert.isUndefined(found(message))
  })

  it.prop(
    "is decided for any message",
    [Schema.Record(Schema.String, Schema.Json)],
    ([message]) => {
      for (const field of ["photo", "voice", "document"])
        assert.isUndefined(found({ ...message, [field]: message }))
    }
  )
})
