// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who is connected to a local chat right now, by terminal or HTTP: only they can take a message. */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Chat, ChannelName, chatKey } from "../domain/Ids.ts"
import { type Channel, ChannelError, NobodyAttached, Unreachable } from "./Channel.ts"

/** The channel of terminals and HTTP clients on this machine. */
export const localChannel = ChannelName.make("local")

interface Delivery {
  readonly text: string
  readonly taken: Deferred.Deferred<void>
}

/** Per connection; one that is further behind than this is treated as gone. */
const capacity = 64
const takenWithin = "5 seconds"
/** How many answers may be handed on before the outbox comes to them. */
const maxHandedOn = 1024

/** A chat for one question over HTTP, whose asker gave it no name to come back to. */
export const chatForOnce = (unique: string): Chat => ({
  channel: localChannel,
  chat: `once:${unique}`,
  topic: ""
})

export const isForOnce = ({ chat }: Chat) => /^once:[0-9a-f]{32}$/.test(chat)

/** One request over HTTP, which gets its answer by its own way. */
export interface Caller {
  /** What waited in the chat, and what else is said there meanwhile. */
  readonly others: Stream.Stream<string>
  /** The answers to these messages are the caller's: until handed on, they are not delivered. */
  readonly expect: (inboxIds: ReadonlyArray<number>) => Effect.Effect<void>
  /** The caller was given this answer: it need not wait for anybody. Call `Outbox.wake` then. */
  readonly handedOn: (inboxIds: ReadonlyArray<number>, text: string) => Effect.Effect<void>
}

interface Calling {
  readonly others: Queue.Queue<string>
  readonly expected: ReadonlySet<number>
}

/** Stands under a key until the scope closes; a key with nobody is not kept. */
const enter = <A>(all: Map<string, Set<A>>, key: string, one: A) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const those = all.get(key) ?? new Set()
      all.set(key, those.add(one))
    }),
    () =>
      Effect.sync(() => {
        const those = all.get(key)
        those?.delete(one)
        if (those?.size === 0) all.delete(key)
      })
  )

/**
 * Who a message in a local chat is delivered to, in this order:
 *
 * 1. Those who watch the chat (a shell): it is delivered once one of them has taken it.
 * 2. The caller who was given this very answer over HTTP.
 * 3. Callers who wait in the chat for something else. So what waited there is delivered before a
 *    caller's own answer, which never stays behind it for a later watcher to hear a second time.
 * 4. Nobody, in a chat that nobody can come back to: it stands in the transcript.
 *
 * What is left waits: an answer that a caller still expects, and what is said when nobody is there.
 */
export class Attachments extends Context.Service<
  Attachments,
  {
    /**
     * What is said in a chat from now on, until the scope closes. A message counts as taken when
     * the stream is asked for what follows it: until then it was not handed on.
     */
    readonly attach: (chat: Chat) => Effect.Effect<Stream.Stream<string>, never, Scope.Scope>
    /** A request in this chat, until the scope closes. In another channel's chat it takes nothing. */
    readonly call: (chat: Chat) => Effect.Effect<Caller, never, Scope.Scope>
    readonly channel: Channel
  }
>()("blufio/services/Attachments") {
  static readonly layer = Layer.effect(
    Attachments,
    Effect.gen(function* () {
      const watching = new Map<string, Set<Queue.Queue<Delivery>>>()
      const calling = new Map<string, Set<Calling>>()
      /** Answers that were handed on, by the message: a question and the answer after it differ in text. */
      const handed = new Map<number, string>()

      const attach = Effect.fnUntraced(function* (chat: Chat) {
        const queue = yield* Queue.dropping<Delivery>(capacity)
        yield* enter(watching, chatKey(chat), queue)
        let last: Delivery | undefined
        const next = Effect.gen(function* () {
          if (last !== undefined) yield* Deferred.succeed(last.taken, undefined)
          last = yield* Queue.take(queue)
          return last.text
        })
        return Stream.fromEffectRepeat(next)
      })

      const call = Effect.fnUntraced(function* (
        chat: Chat
      ): Effect.fn.Return<Caller, never, Scope.Scope> {
        const others = yield* Queue.sliding<string>(capacity)
        const expected = new Set<number>()
        yield* enter(calling, chatKey(chat), { others, expected })
        return {
          others: Stream.fromEffectRepeat(Queue.take(others)),
          expect: (inboxIds) =>
            Effect.sync(() => {
              for (const id of inboxIds) expected.add(id)
            }),
          handedOn: (inboxIds, text) =>
            Effect.sync(() => {
              if (chat.channel !== localChannel) return
              for (const id of inboxIds) {
                const oldest = handed.size >= maxHandedOn ? handed.keys().next() : undefined
                if (oldest?.done === false) handed.delete(oldest.value)
                handed.set(id, text)
              }
            })
        }
      })

      const failed = (reason: NobodyAttached | Unreachable) =>
        new ChannelError({ channel: localChannel, operation: "send", reason })

      const toWatchers = Effect.fnUntraced(function* (
        queues: ReadonlySet<Queue.Queue<Delivery>>,
        text: string,
        isHandedOn: boolean
      ) {
        const taken = yield* Deferred.make<void>()
        const delivery = { text, taken }
        yield* Effect.forEach(queues, (queue) => Queue.offer(queue, delivery), { discard: true })
        if (isHandedOn) return
        yield* Deferred.await(taken).pipe(
          Effect.timeoutOrElse({
            duration: takenWithin,
            orElse: () => failed(new Unreachable({ detail: "nobody took the message" }))
          })
        )
      })

      const send: Channel["send"] = Effect.fnUntraced(function* (message) {
        const { chat, inReplyTo, outboxId, rendered } = message
        const text = rendered.body
        const key = chatKey(chat)
        const isHandedOn = inReplyTo.some((id) => handed.get(id) === text)
        if (isHandedOn) for (const id of inReplyTo) handed.delete(id)
        const watchers = watching.get(key)
        if (watchers !== undefined) yield* toWatchers(watchers, text, isHandedOn)
        else if (!isHandedOn) {
          const callers = [...(calling.get(key) ?? [])]
          const isExpected = callers.some(({ expected }) =>
            inReplyTo.some((id) => expected.has(id))
          )
          const hasTaker = callers.length > 0 && !isExpected
          if (!hasTaker && !isForOnce(chat)) return yield* failed(new NobodyAttached())
          if (hasTaker)
            yield* Effect.forEach(callers, ({ others }) => Queue.offer(others, text), {
              discard: true
            })
        }
        return String(outboxId)
      })

      return Attachments.of({
        attach,
        call,
        channel: {
          name: localChannel,
          streams: false,
          editIntervalMillis: 0,
          render: (markdown) => [{ body: markdown, plain: markdown }],
          send,
          edit: () => Effect.void,
          typing: () => Effect.void
        }
      })
    })
  )
}
