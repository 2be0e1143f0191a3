// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a file is shown in a chat: a picture that chats would refuse or spoil is a document. */
import { imageSize } from "../files/imageSize.ts"
import { isImageType, sniff } from "../files/sniff.ts"

export type Shown = "photo" | "animation" | "document"

const mostPhotoBytes = 10_000_000
/** Width and height together, and the longer of them by the shorter. */
const mostSides = 10_000
const mostRatio = 20

export const shownAs = (bytes: Uint8Array): Shown => {
  const { mediaType } = sniff(bytes.subarray(0, 64), false)
  const size = isImageType(mediaType) ? imageSize(bytes, mediaType) : undefined
  if (size === undefined) return "document"
  if (mediaType === "image/gif") return "animation"
  const { height, width } = size
  const isSane =
    bytes.length <= mostPhotoBytes &&
    width + height <= mostSides &&
    Math.max(width, height) / Math.min(width, height) <= mostRatio
  return isSane ? "photo" : "document"
}
