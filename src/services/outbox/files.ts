// SPDX-License-Identifier: MIT OR Apache-2.0
/** How the outbox delivers files, and what it says in the place of one that cannot be sent. */
import * as Effect from "effect/Effect"
import type { Chat } from "../../domain/Ids.ts"
import { literal } from "../../domain/literal.ts"
import type { FileToSend } from "../../domain/outgoing/FileToSend.ts"
import { type Channel, ChannelError, FileRefused, type Rendered } from "../Channel.ts"
import type { OutboxRow } from "../OutboxStore.ts"
import type { OutgoingFile, OutgoingFiles } from "../OutgoingFiles.ts"

/** A file that gets through this seldom is given up, for text may; its pauses make up ten minutes. */
const mostAttempts = 12
/** Code can be shown as text: that comes sooner. */
const mostAttemptsOfCode = 6

const refused = (channel: Channel, detail: string) =>
  new ChannelError({
    channel: channel.name,
    operation: "sendFile",
    reason: new FileRefused({ detail })
  })

/**
 * Answers with the message's id. What is read from disk may be large: the end of the process does
 * not wait for it, and it is sent anew at the next start.
 */
export const send = (
  channel: Channel,
  outgoing: OutgoingFiles["Service"],
  chat: Chat,
  file: FileToSend
): Effect.Effect<string, ChannelError> => {
  const { sendFile } = channel
  if (sendFile === undefined)
    return Effect.fail(refused(channel, "Files cannot be sent on this channel."))
  if (file._tag === "Written") {
    const bytes = new TextEncoder().encode(file.content)
    return sendFile({ chat, file: { name: file.name, shown: "document", caption: "", bytes } })
  }
  const { caption, name, path, sha256, shown } = file
  const upload = ({ bytes, sha256: now }: OutgoingFile): Effect.Effect<string, ChannelError> =>
    now === sha256
      ? sendFile({ chat, file: { name, shown, caption, bytes } })
      : Effect.fail(refused(channel, `The file ${name} has changed since.`))
  return outgoing.use(path, upload).pipe(
    Effect.catchTag("FileUnfit", ({ detail }) => Effect.fail(refused(channel, detail))),
    Effect.interruptible
  )
}

/** Why a file is given up, when it is. */
export const whyNot = (row: OutboxRow, reason: ChannelError["reason"]): string | undefined => {
  const file = row.rendered.asFile
  if (file === undefined) return undefined
  if (reason._tag === "FileRefused") return reason.detail
  const most = file._tag === "Written" ? mostAttemptsOfCode : mostAttempts
  return reason._tag === "Unreachable" && row.attempts + 1 >= most
    ? "It did not get through."
    : undefined
}

/** The text of code; of another file, that it could not be sent and why. */
export const inPlaceOf = (channel: Channel, rendered: Rendered, why: string): Rendered => {
  const { asFile, ...text } = rendered
  if (asFile?._tag !== "Stored") return text
  const caption = asFile.caption === "" ? "" : `\n\n${literal(asFile.caption)}`
  const told = `📎 ${literal(asFile.name)} could not be sent. ${literal(why)}${caption}`
  const [first = text, ...more] = channel.render(told, "growing")
  return more.length === 0 ? first : { ...first, more }
}

/** What is still to come once a message was sent. */
export const restOf = ({ asFile, more = [] }: Rendered): Rendered | undefined => {
  const [next, ...rest] = more
  if (asFile !== undefined || next === undefined) return undefined
  return rest.length === 0 ? next : { ...next, more: rest }
}
