// SPDX-License-Identifier: MIT OR Apache-2.0
/** What was said in a recording, as the model and as the person read it. */
import { kindNames } from "./files/words.ts"
import { literal } from "./literal.ts"
import { type Attachment, type Part, TextPart } from "./Message.ts"

/** Who speaks to us says it there and then; what a file holds may be anybody's. */
const isOwnVoice = ({ kind, origin, trusted }: Attachment) =>
  trusted && origin === "person" && kind !== "audio"

const titleOf = ({ kind, name, seconds }: Attachment): string => {
  const what = [kindNames[kind], name].filter((word) => word !== "").join(" ")
  const length = seconds === undefined ? "" : `, ${Math.round(seconds)} s`
  return `[transcript of ${kind === "audio" ? "an" : "a"} ${what}${length}]`
}

/** Marked as a transcript: what was heard may differ from what was said. */
export const transcriptParts = (attachment: Attachment, text: string): ReadonlyArray<Part> => {
  const title = titleOf(attachment)
  if (isOwnVoice(attachment))
    return [
      TextPart.make({ origin: "blufio", trusted: true, text: title }),
      TextPart.make({ origin: "person", trusted: true, text })
    ]
  const origin = attachment.origin === "person" ? "file" : attachment.origin
  return [TextPart.make({ origin, trusted: false, text: `${title}\n${text}` })]
}

const shownStart = "🎤 Transcript"

/** For the chat, in Markdown. */
export const shownTranscript = ({ name }: Attachment, text: string): string =>
  `${shownStart}${name === "" ? "" : ` of ${literal(name)}`}: “${literal(text)}”`

/** Whether a message of ours tells what somebody else may have said. */
export const isShownTranscript = (text: string): boolean => text.startsWith(shownStart)
