// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the vendor refuses of pictures and documents, read off their bytes by a reader of its own. */
import { type Block, blocksOf, type CountBody } from "./Body.ts"

/** Of the base64, not of what it stands for. */
const mostBase64 = 5 * 1024 * 1024
const mostEdge = 8000
/** In a request with more pictures than these, edges may be this long only. */
const manyImages = 20
const edgeOfMany = 2000

type Image = Extract<Block, { type: "image" }>

const begins = {
  "image/png": (hex: string) => hex.startsWith("89504e470d0a1a0a"),
  "image/jpeg": (hex: string) => hex.startsWith("ffd8ff"),
  "image/gif": (hex: string) => /^47494638(37|39)61/.test(hex),
  "image/webp": (hex: string) => /^52494646.{8}57454250/.test(hex)
} as const

/** Only of PNG: the tests' pictures of other kinds are small. */
const edgeOf = (bytes: Buffer, type: string): number =>
  type === "image/png" && bytes.length >= 24
    ? Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
    : 1

const imageFault = ({ source }: Image, isOneOfMany: boolean): string | undefined => {
  const { data, media_type } = source
  if (data.length % 4 !== 0) return "image.source.base64: invalid base64 data"
  if (data.length > mostBase64)
    return `image.source.base64: image exceeds 5 MB maximum: ${data.length} bytes > ${mostBase64} bytes`
  const bytes = Buffer.from(data, "base64")
  if (!begins[media_type](bytes.subarray(0, 16).toString("hex")))
    return `image.source.base64.data: the image does not appear to be ${media_type}`
  const edge = edgeOf(bytes, media_type)
  if (edge > mostEdge || edge === 0) return `image dimensions exceed max allowed size: ${mostEdge}`
  return isOneOfMany && edge > edgeOfMany
    ? `image dimensions exceed max allowed size for many-image requests: ${edgeOfMany}`
    : undefined
}

const documentFault = ({ source }: Extract<Block, { type: "document" }>): string | undefined => {
  if (source.type === "text") return undefined
  if (source.data.length % 4 !== 0) return "document.source.base64: invalid base64 data"
  const bytes = Buffer.from(source.data, "base64")
  if (!bytes.subarray(0, 1024).includes("%PDF-")) return "The PDF specified was not valid."
  return bytes.includes("/Encrypt") ? "The PDF specified is password protected." : undefined
}

/** The first fault, with where it stands. */
export const filesFault = (body: CountBody): string | undefined => {
  const blocks = body.messages.flatMap((message, index) =>
    blocksOf(message).map((block, at) => ({ block, place: `messages.${index}.content.${at}` }))
  )
  const isMany = blocks.filter(({ block }) => block.type === "image").length > manyImages
  for (const { block, place } of blocks) {
    const fault =
      block.type === "image"
        ? imageFault(block, isMany)
        : block.type === "document"
          ? documentFault(block)
          : undefined
    if (fault !== undefined) return `${place}.${fault}`
  }
  return undefined
}
