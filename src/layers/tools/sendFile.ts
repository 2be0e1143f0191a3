// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { shownAs } from "../../domain/outgoing/picture.ts"
import { readingsOf } from "../../domain/outgoing/readings.ts"
import type { Channels } from "../../services/Channel.ts"
import type { FileStore } from "../../services/FileStore.ts"
import type { Outbox } from "../../services/Outbox.ts"
import { FileUnfit, type OutgoingFile, type OutgoingFiles } from "../../services/OutgoingFiles.ts"
import type { Redactor } from "../../services/Redactor.ts"
import { define, type ToolContext, ToolFailed } from "../../services/Toolbox.ts"
import { receivedDirectory } from "../../services/Workspace.ts"

const longestCaption = 1024

/** Of a text that is looked through for secrets, at a time: others get their turn between. */
const pieceLength = 64 * 1024

/** Whether the text is to be shown as it is. */
const isClean = Effect.fnUntraced(function* (redactor: Redactor["Service"], text: string) {
  const pieces = redactor.outboundPieces()
  let at = 0
  const isSame = (said: string) => {
    at += said.length
    return text.startsWith(said, at - said.length)
  }
  for (let from = 0; from < text.length; from += pieceLength) {
    if (!isSame(pieces.push(text.slice(from, from + pieceLength)))) return false
    yield* Effect.yieldNow
  }
  return isSame(pieces.rest()) && at === text.length
})

/** The same call is queued once, however often it is made: that is why it may be repeated. */
export const sendFile = (services: {
  readonly channels: Channels["Service"]
  readonly files: OutgoingFiles["Service"]
  readonly outbox: Outbox["Service"]
  readonly redactor: Redactor["Service"]
  readonly store: FileStore["Service"]
}) => {
  const { channels, files, outbox, redactor, store } = services

  const queue = Effect.fnUntraced(function* (
    file: OutgoingFile,
    caption: string,
    { callId, chat, turn }: ToolContext
  ) {
    const { absolutePath, bytes, name, path, sha256 } = file
    if (!(yield* isClean(redactor, name)))
      return yield* new FileUnfit({ detail: "The file's name holds a secret: it is not sent." })
    for (const reading of readingsOf(bytes))
      if (!(yield* isClean(redactor, reading)))
        return yield* new FileUnfit({ detail: `The file ${name} holds a secret: it is not sent.` })
    const takesFiles = Option.exists(channels.find(chat.channel), (one) => "sendFile" in one)
    if (!takesFiles)
      return `Files cannot be sent here. Tell the person where it is: ${absolutePath}`
    const isReceived = path.startsWith(`${receivedDirectory}/`)
    if (isReceived && !(yield* store.cameIn(chat, path)))
      return yield* new FileUnfit({
        detail: `The file ${name} did not come in this chat: what people sent goes back to its own chat alone.`
      })
    const address = { session: turn.session, turn: turn.id, chat, inReplyTo: [] }
    const stored = { _tag: "Stored", name, path, sha256, caption, shown: shownAs(bytes) } as const
    yield* outbox.enqueueFile(address, `call:${callId}`, stored)
    yield* outbox.wake(chat)
    return `${name} is on its way to the chat.`
  })

  return define({
    name: "send_file",
    description: "Sends a file of the workspace to this chat; pictures are shown as such.",
    parameters: Schema.Struct({
      path: Schema.NonEmptyString.annotate({ description: "Relative to the workspace" }),
      caption: Schema.optionalKey(
        Schema.String.check(Schema.isMaxLength(longestCaption)).annotate({
          description: "Shown below it, without markup"
        })
      )
    }),
    idempotent: true,
    trusted: true,
    deferred: true,
    run: ({ caption = "", path }, context) =>
      files
        .use(path, (file) => queue(file, caption, context))
        .pipe(Effect.mapError((error) => new ToolFailed({ detail: error.message })))
  })
}
