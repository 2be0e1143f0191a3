// SPDX-License-Identifier: MIT OR Apache-2.0
/** Everything Blufio says leaves here: durable first, then delivered in order, chat by chat. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Chat, chatKey, chatOf, chatOfKey, type TurnId } from "../domain/Ids.ts"
import type { Stored } from "../domain/outgoing/FileToSend.ts"
import type { Outcome } from "../domain/question.ts"
import { type Channel, type ChannelError, Channels, type Choice, type Rendered } from "./Channel.ts"
import * as KeyedWorkers from "./KeyedWorkers.ts"
import * as files from "./outbox/files.ts"
import { OutgoingFiles } from "./OutgoingFiles.ts"
import { persistently } from "./persistently.ts"
import { type Address, type OutboxRow, OutboxStore } from "./OutboxStore.ts"
import { Redactor } from "./Redactor.ts"
import type { StoreError } from "./Store.ts"

/** A message that cannot be delivered is tried this often, with growing pauses: for about a day. */
const maxAttempts = 720
const firstPause = 500
const longestPause = 120_000
/** No channel asks for more: where it seems so, the clock was set back. */
const longestWait = 3_600_000

/** What became of one delivery. */
type Delivery =
  | { readonly _tag: "Sent"; readonly messageId: string }
  | { readonly _tag: "Later"; readonly afterMillis: number; readonly messageId: string | null }
  | { readonly _tag: "Parked" }
  | { readonly _tag: "Failed"; readonly why: string }
  | { readonly _tag: "GivenUp" }
  | { readonly _tag: "Instead"; readonly rendered: Rendered; readonly why: string }

/** What stands where a text was refused: its reader must not wait for it. */
const refusal = ({ name }: Channel, detail: string) =>
  `⚠️ ${name} did not take what I wrote here (${detail}). Ask me to say it in another way.`

const afterFailure = (channel: Channel, row: OutboxRow, error: ChannelError): Delivery => {
  const { reason } = error
  const why = files.whyNot(row, reason)
  if (why !== undefined)
    return { _tag: "Instead", rendered: files.inPlaceOf(channel, row.rendered, why), why }
  switch (reason._tag) {
    case "RateLimited":
      return { _tag: "Later", afterMillis: reason.retryAfterMillis, messageId: row.messageId }
    case "MessageGone":
      return { _tag: "Later", afterMillis: 0, messageId: null }
    case "NobodyAttached":
      return { _tag: "Parked" }
    case "Gone":
      return { _tag: "GivenUp" }
    case "Rejected": {
      const [notice] = channel.render(refusal(channel, reason.detail), "growing")
      const isNew = notice !== undefined && notice.plain !== row.rendered.plain
      return reason.isForText === true && isNew
        ? { _tag: "Instead", rendered: notice, why: reason.detail }
        : { _tag: "Failed", why: reason.detail }
    }
    case "FileRefused":
      return { _tag: "Failed", why: reason.detail }
    case "Unreachable":
      return row.attempts + 1 >= maxAttempts
        ? { _tag: "Failed", why: reason.detail }
        : {
            _tag: "Later",
            afterMillis: Math.min(longestPause, firstPause * 2 ** Math.min(row.attempts, 16)),
            messageId: row.messageId
          }
  }
}

/** A question that the message ends with, and the answers that one press gives. */
export interface Asks {
  readonly question: string
  readonly choices: ReadonlyArray<Choice>
}

export class Outbox extends Context.Service<
  Outbox,
  {
    /** Stores a message in the transaction at hand. Call `wake` once that is committed. */
    readonly enqueue: (
      address: Address,
      markdown: string,
      asks?: Asks
    ) => Effect.Effect<void, StoreError>
    /**
     * The same for a file of the workspace that a turn sends beside its reply. `source` tells it
     * from the turn's others: queued once, however often it is asked for.
     */
    readonly enqueueFile: (
      address: Address & { readonly turn: TurnId },
      source: string,
      file: Stored
    ) => Effect.Effect<void, StoreError>
    /**
     * Puts the outcome below the message of a question and takes its choices away, in the
     * transaction at hand. Once: later outcomes change nothing. Answers with the chat to `wake`;
     * `None`: nothing is to be sent. Where messages cannot be edited it stays as it is.
     */
    readonly settle: (
      question: string,
      outcome: Outcome,
      /** In Markdown. */
      spoken: string
    ) => Effect.Effect<Option.Option<Chat>, StoreError>
    readonly wake: (chat: Chat) => Effect.Effect<void>
    /** Wakes every chat that has something undelivered: at start. */
    readonly recover: Effect.Effect<void, StoreError>
    /** Waits until everything that can be delivered now has been. */
    readonly drained: Effect.Effect<void>
  }
>()("blufio/services/Outbox") {
  static readonly layer = Layer.effect(
    Outbox,
    Effect.gen(function* () {
      const channels = yield* Channels
      const outgoing = yield* OutgoingFiles
      const redactor = yield* Redactor
      const store = yield* OutboxStore

      const put = (channel: Channel, chat: Chat, row: OutboxRow) => {
        const { inReplyTo, messageId, rendered } = row
        if (rendered.asFile !== undefined)
          return files.send(channel, outgoing, chat, rendered.asFile)
        if (rendered.isSurplus === true) {
          if (messageId === null) return Effect.succeed("")
          if (channel.remove !== undefined)
            return Effect.as(channel.remove({ chat, messageId }), messageId)
        }
        return messageId === null
          ? channel.send({ chat, rendered, inReplyTo, outboxId: row.id, final: true })
          : Effect.as(channel.edit({ chat, messageId, rendered, final: true }), messageId)
      }

      /** One piece: between the channel's acceptance and our commit only a kill can come. */
      const deliver = Effect.fnUntraced(function* (channel: Channel, chat: Chat, row: OutboxRow) {
        yield* store.sending(row.id)
        const outcome = yield* put(channel, chat, row).pipe(
          Effect.map((messageId): Delivery => ({ _tag: "Sent", messageId })),
          Effect.catch((error) => Effect.succeed(afterFailure(channel, row, error)))
        )
        switch (outcome._tag) {
          case "Sent": {
            const rest = files.restOf(row.rendered)
            yield* rest === undefined
              ? store.sent(row.id, outcome.messageId)
              : store.replace(row.id, rest)
            break
          }
          case "Instead":
            yield* Effect.logWarning("a message was refused: another stands in its place").pipe(
              Effect.annotateLogs({ channel: channel.name, outbox: row.id, why: outcome.why })
            )
            yield* store.replace(row.id, outcome.rendered)
            break
          case "Later": {
            const now = yield* Clock.currentTimeMillis
            yield* store.again(row.id, now + outcome.afterMillis, outcome.messageId)
            break
          }
          case "Parked":
            yield* store.again(row.id, 0, row.messageId)
            break
          case "GivenUp":
            yield* store.failed(row.id)
            break
          case "Failed":
            yield* Effect.logError("a message could not be delivered").pipe(
              Effect.annotateLogs({ channel: channel.name, outbox: row.id, why: outcome.why })
            )
            yield* store.failed(row.id)
            break
        }
        return outcome._tag !== "Parked"
      }, Effect.uninterruptible)

      const work = Effect.fnUntraced(function* (key: string) {
        const chat = chatOfKey(key)
        const channel = Option.getOrUndefined(channels.find(chat.channel))
        if (channel === undefined) return
        while (true) {
          const next = Option.getOrUndefined(yield* store.next(chat))
          if (next === undefined) return
          const wait = next.notBefore - (yield* Clock.currentTimeMillis)
          if (wait > 0 && wait <= longestWait) yield* Effect.sleep(Duration.millis(wait))
          if (!(yield* deliver(channel, chat, next))) return
        }
      })

      const workers = yield* KeyedWorkers.make((key: string) =>
        persistently("the outbox")(work(key))
      )
      const wake = (chat: Chat) => workers.wake(chatKey(chat))

      return Outbox.of({
        enqueue: (address, markdown, asks) =>
          Effect.suspend(() => {
            const text = redactor.outbound(markdown)
            const channel = Option.getOrUndefined(channels.find(address.chat.channel))
            const rendered = channel?.render(text, "final") ?? [{ body: text, plain: text }]
            const last = rendered.findLastIndex(({ asFile }) => asFile === undefined)
            const asking = rendered[last]
            if (asks === undefined || asking === undefined)
              return store.enqueue(address, text, rendered)
            const asked = rendered.with(last, { ...asking, choices: asks.choices })
            return store.enqueue(address, text, asked, asks.question)
          }),
        enqueueFile: (address, source, file) => {
          const caption = redactor.outbound(file.caption)
          const what = `📎 ${file.name}`
          return store.enqueueOnce(address, source, {
            body: what,
            plain: what,
            asFile: { ...file, caption }
          })
        },
        settle: Effect.fn("Outbox.settle")(function* (question, outcome, spoken) {
          const row = Option.getOrUndefined(yield* store.asking(question))
          const channel = row && Option.getOrUndefined(channels.find(row.channel))
          if (row?.outcome !== null || channel?.streams !== true) return Option.none()
          const [below] = channel.render(redactor.outbound(spoken), "final")
          const { choices: _, ...message } = row.rendered
          yield* store.settle(row.id, outcome, {
            ...message,
            body: `${message.body}\n\n${below?.body ?? ""}`,
            plain: `${message.plain}\n\n${below?.plain ?? ""}`
          })
          return Option.some(chatOf(row))
        }),
        wake,
        recover: Effect.flatMap(store.chatsWithWork(channels.names), (waiting) =>
          Effect.forEach(waiting, wake, { discard: true })
        ),
        drained: workers.idle
      })
    })
  )
}
