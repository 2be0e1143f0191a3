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

export class Attachments extends Context.Service<
  Attachments,
  {
    /**
     * What is said in a chat from now on, until the scope closes. A message counts as taken when
     * the stream is asked for what follows it: until then it was not handed on.
     */
    readonly attach: (chat: Chat) => Effect.Effect<Stream.Stream<string>, never, Scope.Scope>
    /** The caller has handed on the answer to this message himself: it need not wait for anybody. */
    readonly handedOn: (inboxId: number) => Effect.Effect<void>
    readonly channel: Channel
  }
>()("blufio/services/Attachments") {
  static readonly layer = Layer.effect(
    Attachments,
    Effect.gen(function* () {
      const attached = new Map<string, Set<Queue.Queue<Delivery>>>()
      const handedOn = new Set<number>()

      const attach = Effect.fnUntraced(function* (chat: Chat) {
        const key = chatKey(chat)
        const queue = yield* Queue.dropping<Delivery>(capacity)
        yield* Effect.acquireRelease(
          Effect.sync(() => {
            const queues = attached.get(key) ?? new Set()
            attached.set(key, queues.add(queue))
          }),
          () =>
            Effect.sync(() => {
              const queues = attached.get(key)
              queues?.delete(queue)
              if (queues?.size === 0) attached.delete(key)
            })
        )
        let last: Delivery | undefined
        const next = Effect.gen(function* () {
          if (last !== undefined) yield* Deferred.succeed(last.taken, undefined)
          last = yield* Queue.take(queue)
          return last.text
        })
        return Stream.fromEffectRepeat(next)
      })

      const failed = (reason: NobodyAttached | Unreachable) =>
        new ChannelError({ channel: localChannel, operation: "send", reason })

      const send: Channel["send"] = Effect.fnUntraced(function* (message) {
        const queues = attached.get(chatKey(message.chat)) ?? new Set()
        const isHandedOn = message.inReplyTo.some((id) => handedOn.delete(id))
        if (queues.size === 0 && !isHandedOn) return yield* failed(new NobodyAttached())
        const taken = yield* Deferred.make<void>()
        const delivery = { text: message.rendered.body, taken }
        yield* Effect.forEach(queues, (queue) => Queue.offer(queue, delivery), { discard: true })
        if (isHandedOn) return String(message.outboxId)
        yield* Deferred.await(taken).pipe(
          Effect.timeoutOrElse({
            duration: takenWithin,
            orElse: () => failed(new Unreachable({ detail: "nobody took the message" }))
          })
        )
        return String(message.outboxId)
      })

      return Attachments.of({
        attach,
        handedOn: (inboxId) =>
          Effect.sync(() => {
            const oldest = handedOn.size >= maxHandedOn ? handedOn.keys().next() : undefined
            if (oldest?.done === false) handedOn.delete(oldest.value)
            handedOn.add(inboxId)
          }),
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
