// SPDX-License-Identifier: MIT OR Apache-2.0
/** Conversations over HTTP: one message and its answer, or everything said in a session. */
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Sse from "effect/encoding/Sse"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as String from "effect/String"
import { Api } from "../../api/Api.ts"
import type { WatchEvent } from "../../api/schemas.ts"
import { type Chat, chatKey, PersonId, SessionId } from "../../domain/Ids.ts"
import { personText } from "../../domain/Message.ts"
import { Attachments, localChannel } from "../../services/Attachments.ts"
import { Inbox } from "../../services/Inbox.ts"
import { Outbox } from "../../services/Outbox.ts"
import { SessionStore } from "../../services/SessionStore.ts"
import { type TurnEvent, TurnEvents } from "../../services/TurnEvents.ts"
import { storeFailed, turnFailed } from "./failures.ts"

/** Whoever may open the socket is the owner (contract 5). */
const owner = PersonId.make("owner")
const defaultChat = "terminal"

const encodeJson = Schema.encodeEffect(Schema.fromJsonString(Schema.Json))

/** One server-sent event; its data is a JSON object. */
const sse = (event: string, data: Schema.Json) =>
  Effect.map(Effect.orDie(encodeJson(data)), (json) =>
    Sse.encoder.write({ _tag: "Event", event, id: undefined, data: json })
  )

/** The events of contract 5, in its words; "" for what only those who watch are told. */
const contractEvent = (event: TurnEvent): Effect.Effect<string> => {
  switch (event._tag) {
    case "Delta":
      return sse("delta", { text: event.text })
    case "Tool":
      return sse("tool", { name: event.name, state: event.state })
    case "Done":
      return event.failure === null
        ? sse("done", { session: event.session, text: event.text })
        : sse("error", turnFailed(event.failure, event.text))
    default:
      return Effect.succeed("")
  }
}

const watchEvent = (event: TurnEvent): WatchEvent => {
  switch (event._tag) {
    case "Delta":
      return { _tag: "delta", text: event.text }
    case "Thinking":
      return { _tag: "thinking", text: event.text }
    case "Retrying":
      return { _tag: "retrying", cause: event.cause, after_ms: event.afterMillis }
    case "Tool":
      return { _tag: "tool", name: event.name, state: event.state }
    case "Done":
      return { _tag: "idle" }
  }
}

const make = Effect.fnUntraced(function* (
  handlers: HttpApiBuilder.Handlers.FromGroup<(typeof Api)["groups"]["messages"]>
) {
  const attachments = yield* Attachments
  const events = yield* TurnEvents
  const inbox = yield* Inbox
  const outbox = yield* Outbox
  const random = yield* SecureRandom
  const sessions = yield* SessionStore
  const unique = Effect.map(random.randomBytes(16), Hex.encode)

  /** A session's id stands for its chat, so that a conversation goes on after `/new`. */
  const chatOf = Effect.fnUntraced(function* (name: string): Effect.fn.Return<Chat> {
    const known = yield* sessions
      .find(SessionId.make(name))
      .pipe(Effect.orElseSucceed(() => Option.none()))
    return Option.match(known, {
      onNone: () => ({ channel: localChannel, chat: name, topic: "" }),
      onSome: ({ channel, chat, topic }) => ({ channel, chat, topic })
    })
  })

  /** The events that answer one message, up to and with the one that ends it. */
  const ask = Effect.fnUntraced(function* (session: string | undefined, text: string) {
    const chat = yield* chatOf(session ?? (yield* unique))
    const watched = yield* events.subscribe
    const receipt = yield* inbox
      .receive({ chat, person: owner, updateId: yield* unique, parts: [personText(text)] })
      .pipe(Effect.mapError(storeFailed))
    return watched.pipe(
      Stream.filter((event) => event.inReplyTo.includes(receipt.inboxId)),
      Stream.takeUntil((event) => event._tag === "Done"),
      Stream.onEnd(Effect.andThen(attachments.handedOn(receipt.inboxId), outbox.wake(chat)))
    )
  })

  return handlers
    .handle(
      "send",
      Effect.fnUntraced(function* ({ payload }) {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const answer = yield* ask(payload.session, payload.text)
        if (headers.accept?.includes("text/event-stream") === true) {
          return HttpServerResponse.stream(
            answer.pipe(
              Stream.mapEffect(contractEvent),
              Stream.filter(String.isNonEmpty),
              Stream.encodeText
            ),
            { contentType: "text/event-stream" }
          )
        }
        const last = Option.getOrUndefined(yield* Stream.runLast(answer))
        if (last?._tag !== "Done") return yield* Effect.interrupt
        if (last.failure !== null) return yield* Effect.fail(turnFailed(last.failure, last.text))
        return { session: last.session, text: last.text }
      })
    )
    .handle(
      "watch",
      Effect.fnUntraced(function* ({ query }) {
        const chat = yield* chatOf(query.session ?? defaultChat)
        const key = chatKey(chat)
        const watched = yield* events.subscribe
        const messages = yield* attachments.attach(chat)
        yield* outbox.wake(chat)
        const isHere = (event: TurnEvent) =>
          sessions.find(event.session).pipe(
            Effect.map(Option.exists((session) => chatKey(session) === key)),
            Effect.orElseSucceed(() => false)
          )
        return Stream.merge(
          Stream.map(messages, (text): WatchEvent => ({ _tag: "message", text })),
          watched.pipe(Stream.filterEffect(isHere), Stream.map(watchEvent))
        )
      })
    )
})

export const layer = HttpApiBuilder.group(Api, "messages", make)
