// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keeps what somebody writes in a group from reading as a note of ours. */

const notes = [
  "From",
  "In reply to",
  "Forwarded from",
  "Written by",
  "With it came",
  "While you were away",
  "Sent on",
  "This conversation takes place",
  "Scheduled job",
  "transcript of",
  "edited:",
  "you are not shown",
  "there are no words"
].join("|")

const start = new RegExp(String.raw`\[(?=[\s\p{Cf}]*(?:${notes}))`, "giu")

/** The same words, with round brackets where one of our notes would begin. */
export const unforged = (words: string): string => words.replaceAll(start, "(")
