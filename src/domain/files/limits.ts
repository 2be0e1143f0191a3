// SPDX-License-Identifier: MIT OR Apache-2.0
/** How large a file may be to be fetched, and to be shown to a model. In bytes and pixels. */

/** What Telegram hands to bots at most. */
export const mostFetched = 20_000_000

/** The vendor takes 5 MB of base64. */
export const mostImage = 3_750_000
/** Beyond this the vendor refuses a picture; between it and `photoEdge` it makes it smaller itself. */
export const mostEdge = 8000
/** Of the sizes of a photo a larger one is not asked for. */
export const photoEdge = 2000
/** It goes along with every question after it: a larger one costs half a gigabyte of memory each time. */
export const mostPdf = 10_000_000
/** Text longer than this is better read in parts. */
export const mostText = 256_000

/** Of all files in one request together: as base64 they stay within the 32 MB that the vendor takes. */
export const mostTogether = 15_000_000
/** In a request with more pictures the vendor takes only smaller ones. */
export const mostImages = 20
