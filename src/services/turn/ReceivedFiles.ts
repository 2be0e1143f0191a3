// SPDX-License-Identifier: MIT OR Apache-2.0
/** Fetches what came with a turn's messages, and makes of it what a model can be shown. */
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { mostFetched } from "../../domain/files/limits.ts"
import { isShown, isTooMuch, type Load, loadOf } from "../../domain/files/within.ts"
import { problemsOf } from "../../domain/files/words.ts"
import { type Chat, chatOf } from "../../domain/Ids.ts"
import { type Attachment, type Part, TextPart } from "../../domain/Message.ts"
import type { Entry, Turn } from "../../domain/Turn.ts"
import { type Channel, Channels } from "../Channel.ts"
import { FileStore } from "../FileStore.ts"
import { Journal } from "../Journal.ts"
import { Outbox } from "../Outbox.ts"
import { Redactor } from "../Redactor.ts"
import type { Session } from "../SessionStore.ts"
import { type StoreError, Transactions } from "../Store.ts"
import { type Saved, Workspace } from "../Workspace.ts"
import { fetchFile, sentence } from "./fetchFile.ts"
import { Hearing } from "./Hearing.ts"
import { hear, isRecording } from "./recording.ts"
import { hidden, type Made, showFile } from "./showFile.ts"

/** So many files of a turn are fetched at once. */
const atOnce = 4

const withdrawn = {
  refused: "The model's provider does not take it. Send it in another form, or the words of it.",
  "too-long": "It is more than the model can read at once. Send the part that matters."
} as const

type Fetched = Result.Result<Saved, string>

/** Holds nothing that a model could answer. */
const isMute = (part: Part): boolean =>
  part._tag === "Attachment" ? part.problem !== undefined : part.origin === "blufio"

const isOpen = (part: Part): part is Attachment =>
  part._tag === "Attachment" && part.problem === undefined

export class ReceivedFiles extends Context.Service<
  ReceivedFiles,
  {
    /** What was fetched before a crash is not fetched again. Fails only where the database does. */
    readonly take: (turn: Turn, session: Session) => Effect.Effect<void, StoreError>
    /**
     * The vendor refused a request: the turn's files are not shown any more; where it has none and
     * `alsoEarlier`, those that came before. False: there are none.
     */
    readonly withdraw: (
      turn: Turn,
      why: "refused" | "too-long",
      alsoEarlier: boolean
    ) => Effect.Effect<boolean, StoreError>
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
      const means = { digest, redactor, workspace }

      const fetch = (channel: Channel | undefined, part: Attachment, day: string) =>
        isRecording(part) && Option.isSome(hearing.setupHint)
          ? Effect.succeed(Result.fail(hearing.setupHint.value))
          : fetchFile(workspace, channel, part, day)

      const make = (turn: Turn, part: Attachment, saved: Saved) =>
        isRecording(part)
          ? hear(hearing, turn, part, saved)
          : Effect.catch(showFile(means, part, saved), (error) =>
              Effect.succeed(hidden(part, saved, sentence(error, mostFetched)))
            )

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
        const paths = new Set<string>()
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
          paths.add(saved.path)
          const made = yield* make(turn, part, saved)
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
            yield* Effect.forEach(paths, (path) => files.noteReceived(turn.session, path))
            yield* Effect.forEach(said, (text) => outbox.enqueue(address, text))
            yield* journal.rewrite(entry.id, parts)
          })
        )
        if (said.length > 0) yield* outbox.wake(chat)
        return sum
      })

      /** Where nothing came that a model could answer, the person is told so without one. */
      const answerWithout = Effect.fnUntraced(function* (
        turn: Turn,
        transcript: ReadonlyArray<Entry>
      ) {
        const parts = transcript.flatMap((entry) => entry.parts)
        const text = problemsOf(parts)
        if (text === "" || !transcript.every(({ role }) => role === "user")) return
        if (!parts.every(isMute)) return
        yield* journal.append({
          turn: turn.id,
          step: null,
          role: "assistant",
          model: "",
          parts: [TextPart.make({ origin: "blufio", trusted: true, text })]
        })
      })

      const take = Effect.fn("ReceivedFiles.take")(function* (turn: Turn, session: Session) {
        const transcript = yield* journal.transcript(turn.id)
        const entries = transcript.filter(({ parts }) => parts.some(isOpen))
        if (entries.length === 0) return yield* answerWithout(turn, transcript)
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
        yield* answerWithout(turn, yield* journal.transcript(turn.id))
      })

      const withdraw = Effect.fn("ReceivedFiles.withdraw")(function* (
        turn: Turn,
        why: "refused" | "too-long",
        alsoEarlier: boolean
      ) {
        const holds = (entry: Entry) => entry.parts.some(isShown)
        const history = (yield* journal.history(turn.session)).filter(holds)
        const own = history.filter((entry) => entry.turn === turn.id)
        const entries = own.length > 0 || !alsoEarlier ? own : history
        yield* transactions.atomically(
          Effect.forEach(
            entries,
            ({ id, parts }) =>
              journal.rewrite(
                id,
                parts.map((part) => (isShown(part) ? { ...part, problem: withdrawn[why] } : part))
              ),
            { discard: true }
          )
        )
        return entries.length > 0
      })

      return ReceivedFiles.of({ take, withdraw })
    })
  )
}
