// SPDX-License-Identifier: MIT OR Apache-2.0
/** Fetches what came with a turn's messages, and makes of it what a model can be shown. */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { imageSize } from "../../domain/files/imageSize.ts"
import { mostEdge, mostFetched, mostImage, mostText } from "../../domain/files/limits.ts"
import { isImageType, textIn } from "../../domain/files/sniff.ts"
import { isTooMuch, type Load, loadOf } from "../../domain/files/within.ts"
import { shownNote, spokenSize } from "../../domain/files/words.ts"
import { type Chat, chatOf } from "../../domain/Ids.ts"
import { type Attachment, type FilePart, type Part, TextPart } from "../../domain/Message.ts"
import type { Entry, Turn } from "../../domain/Turn.ts"
import { type Channel, Channels, FetchFailed } from "../Channel.ts"
import { FileStore } from "../FileStore.ts"
import { Journal } from "../Journal.ts"
import { Outbox } from "../Outbox.ts"
import { Redactor } from "../Redactor.ts"
import type { Session } from "../SessionStore.ts"
import { type StoreError, Transactions } from "../Store.ts"
import { type Saved, Workspace, type WorkspaceFailed } from "../Workspace.ts"
import { Hearing } from "./Hearing.ts"
import { hear, isRecording } from "./recording.ts"

/** One try at one file, from the first byte to the last. */
const fetchWithin = Duration.minutes(2)
/** So many files of a turn are fetched at once. */
const atOnce = 4
/** After a failure that may pass. */
const retries = Schedule.exponential("1 second", 3).pipe(Schedule.upTo({ times: 2 }))

/** Is over once it has brought more than that. */
const limited = (bytes: Stream.Stream<Uint8Array, FetchFailed>, most: number) => {
  let size = 0
  return Stream.mapEffect(bytes, (chunk) => {
    size += chunk.length
    return size > most
      ? Effect.fail(new FetchFailed({ why: "too-large", detail: "more bytes than told" }))
      : Effect.succeed(chunk)
  })
}

const again = "Send it again."

/** For the person and for the model: what is wrong, and what to do. */
const sentence = (error: FetchFailed | WorkspaceFailed, most: number): string => {
  if (error._tag === "WorkspaceFailed")
    return `It could not be saved (${error.detail}). See that the workspace can be written to, then send it again.`
  switch (error.why) {
    case "too-large":
      return `It is larger than ${spokenSize(most)}, the most that I can fetch. Send a smaller one.`
    case "gone":
      return `It is not there to be fetched any more. ${again}`
    case "kept-by-server":
      return "The Bot API server at telegram.api_root keeps files to itself: run it without --local, then send it again."
    case "refused":
    case "unreachable":
      return `It could not be fetched (${error.detail}). ${again}`
  }
}

type Fetched = Result.Result<Saved, string>

interface Made {
  readonly parts: ReadonlyArray<Part>
  readonly blob?: { readonly sha256: string; readonly bytes: Uint8Array }
  /** What the person is shown of it, in Markdown. */
  readonly said?: string
}

const isOpen = (part: Part): part is Attachment =>
  part._tag === "Attachment" && part.problem === undefined

export class ReceivedFiles extends Context.Service<
  ReceivedFiles,
  {
    /** What was fetched before a crash is not fetched again. Fails only where the database does. */
    readonly take: (turn: Turn, session: Session) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/turn/ReceivedFiles") {
  static readonly layer = Layer.effect(
    ReceivedFiles,
    Effect.gen(function* () {
      const channels = yield* Channels
      const digest = yield* Digest.Digest
      const files = yield* FileStore
      const hearing = yield* Hearing
      const journal = yield* Journal
      const outbox = yield* Outbox
      const redactor = yield* Redactor
      const transactions = yield* Transactions
      const workspace = yield* Workspace

      const attempt = (
        fetch: NonNullable<Channel["fetch"]>,
        ref: string,
        most: number,
        day: string
      ) =>
        workspace.receive(limited(fetch(ref, most), most), day).pipe(
          Effect.timeoutOrElse({
            duration: fetchWithin,
            orElse: () =>
              Effect.fail(new FetchFailed({ why: "unreachable", detail: "it took too long" }))
          }),
          Effect.retry({
            schedule: retries,
            while: (error) => error._tag === "FetchFailed" && error.why === "unreachable"
          })
        )

      /** The first of its sizes that may be shown; of anything else the one that there is. */
      const fetch = Effect.fnUntraced(function* (
        channel: Channel | undefined,
        attachment: Attachment,
        day: string
      ): Effect.fn.Return<Fetched> {
        if (channel?.fetch === undefined)
          return Result.fail(`Files do not come through this channel. ${again}`)
        if (isRecording(attachment) && Option.isSome(hearing.setupHint))
          return Result.fail(hearing.setupHint.value)
        const { kind, sources } = attachment
        const most = kind === "photo" ? mostImage : mostFetched
        let problem = ""
        for (const { ref } of sources) {
          const saved = yield* Effect.result(attempt(channel.fetch, ref, most, day))
          if (Result.isSuccess(saved)) return Result.succeed(saved.success)
          const { failure } = saved
          yield* Effect.logWarning(failure.message).pipe(Effect.annotateLogs({ kind }))
          problem = sentence(failure, most)
          if (failure._tag === "WorkspaceFailed" || failure.why !== "too-large") break
        }
        return Result.fail(problem)
      })

      const shown = (
        attachment: Attachment,
        saved: Saved,
        file: Pick<FilePart, "sha256" | "size" | "mediaType" | "width" | "height">,
        bytes: Uint8Array,
        remark = ""
      ): Made => ({
        parts: [
          TextPart.make({
            origin: attachment.trusted ? "blufio" : attachment.origin,
            trusted: attachment.trusted,
            text: shownNote(attachment, saved, remark)
          }),
          { _tag: "File", origin: "file", trusted: false, name: attachment.name, ...file }
        ],
        blob: { sha256: file.sha256, bytes }
      })

      const hidden = (attachment: Attachment, saved: Saved, problem: string): Made => ({
        parts: [{ ...attachment, path: saved.path, problem }]
      })

      const picture = (attachment: Attachment, saved: Saved, bytes: Uint8Array): Made => {
        const { mediaType, sha256, size } = saved
        const found = isImageType(mediaType) ? imageSize(bytes, mediaType) : undefined
        if (found === undefined)
          return hidden(attachment, saved, "The picture is damaged. Send it again, or another one.")
        if (Math.max(found.width, found.height) > mostEdge)
          return hidden(
            attachment,
            saved,
            `It has ${found.width} × ${found.height} pixels, and a model is shown ${mostEdge} at most along an edge. Send it as a photo, or make it smaller.`
          )
        return shown(attachment, saved, { mediaType, sha256, size, ...found }, bytes)
      }

      const document = Effect.fnUntraced(function* (
        attachment: Attachment,
        saved: Saved,
        bytes: Uint8Array
      ): Effect.fn.Return<Made> {
        const text = textIn(bytes)
        if (text === undefined || text.trim() === "")
          return hidden(attachment, saved, "There is no text in it.")
        const { kinds, text: clean } = redactor.inbound(text)
        const encoded = new TextEncoder().encode(clean)
        const sha256 = yield* digest.digestHex(Digest.sha256, encoded)
        const remark =
          kinds.length === 0 ? "" : `; secrets in it are left out (${kinds.join(", ")})`
        return shown(
          attachment,
          saved,
          { mediaType: "text/plain", sha256, size: encoded.length },
          encoded,
          remark
        )
      })

      const make = Effect.fnUntraced(function* (
        turn: Turn,
        attachment: Attachment,
        saved: Saved
      ): Effect.fn.Return<Made, WorkspaceFailed | StoreError> {
        const { mediaType, sha256, size } = saved
        if (isRecording(attachment)) return yield* hear(hearing, turn, attachment, saved)
        const tooLarge = (most: number) =>
          hidden(
            attachment,
            saved,
            `It has ${spokenSize(size)}, and a model is shown ${spokenSize(most)} of this kind at most. Send a smaller one, or the part that matters.`
          )
        if (size === 0) return hidden(attachment, saved, `It is empty. ${again}`)
        if (isImageType(mediaType))
          return size > mostImage
            ? tooLarge(mostImage)
            : picture(attachment, saved, yield* workspace.read(saved))
        if (mediaType === "application/pdf") {
          const bytes = yield* workspace.read(saved)
          return shown(attachment, saved, { mediaType, sha256, size }, bytes)
        }
        if (mediaType === "text/plain")
          return size > mostText
            ? tooLarge(mostText)
            : yield* document(attachment, saved, yield* workspace.read(saved))
        return hidden(
          attachment,
          saved,
          "I can look at pictures (PNG, JPEG, GIF, WebP), PDF and plain text in UTF-8. Send it in one of these forms."
        )
      })

      /** Keeps what was made of an entry's files, if all of them still fit into one request. */
      const rewrite = Effect.fnUntraced(function* (
        turn: Turn,
        chat: Chat,
        entry: Entry,
        fetched: ReadonlyMap<Part, Fetched>,
        load: Load
      ) {
        let sum = loadOf(entry.parts, load)
        const parts: Array<Part> = []
        const blobs: Array<NonNullable<Made["blob"]>> = []
        const said: Array<string> = []
        for (const part of entry.parts) {
          const result = fetched.get(part)
          if (result === undefined || !isOpen(part)) {
            parts.push(part)
            continue
          }
          if (Result.isFailure(result)) {
            parts.push({ ...part, problem: result.failure })
            continue
          }
          const saved = result.success
          const made = yield* make(turn, part, saved).pipe(
            Effect.catchTag("WorkspaceFailed", (error) =>
              Effect.succeed(hidden(part, saved, sentence(error, mostFetched)))
            )
          )
          const more = loadOf(made.parts, sum)
          if (isTooMuch(more)) {
            const problem =
              "There is more in this message than a model is shown at once. Send it by itself."
            parts.push(...hidden(part, saved, problem).parts)
            continue
          }
          sum = more
          parts.push(...made.parts)
          if (made.blob !== undefined) blobs.push(made.blob)
          if (made.said !== undefined) said.push(made.said)
        }
        const address = { session: turn.session, turn: null, chat, inReplyTo: [] }
        yield* transactions.atomically(
          Effect.gen(function* () {
            yield* Effect.forEach(blobs, ({ bytes, sha256 }) => files.put(sha256, bytes))
            yield* Effect.forEach(said, (text) => outbox.enqueue(address, text))
            yield* journal.rewrite(entry.id, parts)
          })
        )
        if (said.length > 0) yield* outbox.wake(chat)
        return sum
      })

      const take = Effect.fn("ReceivedFiles.take")(function* (turn: Turn, session: Session) {
        const transcript = yield* journal.transcript(turn.id)
        const entries = transcript.filter(({ parts }) => parts.some(isOpen))
        if (entries.length === 0) return
        const channel = Option.getOrUndefined(channels.find(session.channel))
        const day = DateTime.formatIsoDateUtc(DateTime.makeUnsafe(turn.startedAt))
        const open = entries.flatMap(({ parts }) => parts.filter(isOpen))
        const fetched = new Map<Part, Fetched>()
        yield* Effect.forEach(
          open,
          (part) =>
            Effect.map(fetch(channel, part, day), (result) => void fetched.set(part, result)),
          { concurrency: atOnce, discard: true }
        )
        let load = loadOf(
          transcript.filter((entry) => !entries.includes(entry)).flatMap(({ parts }) => parts)
        )
        for (const entry of entries)
          load = yield* rewrite(turn, chatOf(session), entry, fetched, load)
      })

      return ReceivedFiles.of({ take })
    })
  )
}
