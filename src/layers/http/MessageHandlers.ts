// SPDX-License-Identifier: MIT OR Apache-2.0
/** Conversations over HTTP: one message and its answer, or everything said in a session. */
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as String from "effect/String"
import { Api } from "../../api/Api.ts"
import type { WatchEvent } from "../../api/schemas.ts"
import { type CommandName, parse } from "../../domain/ChatCommand.ts"
import { type Chat, chatKey, chatOf, owner, SessionId } from "../../domain/Ids.ts"
import { personText } from "../../domain/Message.ts"
import { Attachments, type Caller, chatForOnce, localChannel } from "../../services/Attachments.ts"
import { Inbox } from "../../services/Inbox.ts"
import { InboxStore } from "../../services/InboxStore.ts"
import { Journal } from "../../services/Journal.ts"
import { Outbox } from "../../services/Outbox.ts"
import { SessionStore } from "../../services/SessionStore.ts"
import { type TurnEvent, TurnEvents } from "../../services/TurnEvents.ts"
import { storeFailed, turnFailed } from "./failures.ts"

const defaultChat = "terminal"

const encodeJson = Schema.encodeEffect(Schema.fromJsonString(Schema.Json))

/** Commands after which a turn goes on or starts anew. */
const leadsOn: ReadonlySet<CommandName> = new Set(["retry", "approve", "deny"])

/** A comment now and then, so that nothing on the way takes a silent connection for a dead one. */
const signsOfLife = Stream.fromEffectRepeat(
  Effect.delay(Effect.succeed(": waiting\n\n"), "15 seconds")
)

/** One server-sent event; its data is a JSON object, on one line. */
const sse = (event: string, data: Schema.Json) =>
  Effect.map(Effect.orDie(encodeJson(data)), (json) => `event: ${event}\ndata: ${json}\n\n`)

type Done = Extract<TurnEvent, { readonly _tag: "Done" }>

/** What happens while an answer is made, and whole messages that are not the answer. */
type Said = TurnEvent | { readonly _tag: "Message"; readonly text: string }

/** The events of contract 5, in its words; "" for what only those who watch are told. */
const contractEvent = (event: Said): Effect.Effect<string> => {
  switch (event._tag) {
    case "Message":
      return sse("message", { text: event.text })
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
  const inboxStore = yield* InboxStore
  const journal = yield* Journal
  const outbox = yield* Outbox
  const random = yield* SecureRandom
  const sessions = yield* SessionStore
  const unique = Effect.map(random.randomBytes(16), Hex.encode)

  /** A session's id stands for its chat, so that a conversation goes on after `/new`. */
  const chatNamed = Effect.fnUntraced(function* (name: string): Effect.fn.Return<Chat> {
    const known = yield* sessions
      .find(SessionId.make(name))
      .pipe(Effect.orElseSucceed(() => Option.none()))
    return Option.match(known, {
      onNone: () => ({ channel: localChannel, chat: name, topic: "" }),
      onSome: chatOf
    })
  })

  /** The messages whose answer a command has set going. */
  const setGoing = Effect.fnUntraced(
    function* (name: CommandName, chat: Chat, inboxId: number, session: SessionId) {
      const turns = yield* journal.turns(session, 2)
      if (name === "retry") {
        const answered = yield* Effect.forEach(turns, (turn) => journal.answering(turn.id))
        const again = yield* Effect.forEach(answered.flat(), (id) =>
          inboxStore.byUpdate(chat.channel, `retry:${inboxId}:${id}`)
        )
        return again.flatMap((row) => Option.toArray(row)).map((row) => row.id)
      }
      const newest = turns.at(-1)
      const goesOn = newest?.finishedAt === null && typeof newest.question?.answer === "string"
      return goesOn ? yield* journal.answering(newest.id) : []
    },
    Effect.orElseSucceed((): ReadonlyArray<number> => [])
  )

  /**
   * Follows the events from a message on to the one that ends its answer. `/retry`, `/approve` and
   * `/deny` set another answer going: theirs is that one, and what they say themselves comes before.
   */
  const followUp = (chat: Chat, text: string, inboxId: number, caller: Caller) => {
    const parsed = parse(text)
    const command = parsed._tag === "Command" && leadsOn.has(parsed.name) ? parsed.name : undefined
    let expected: ReadonlyArray<number> = [inboxId]
    let isLedOn = false
    /** Ends that came before it was known that they are waited for. */
    const early: Array<Done> = []
    const isExpected = (event: TurnEvent) => event.inReplyTo.some((id) => expected.includes(id))
    const handedOn = (done: Done) => caller.handedOn(done.inReplyTo, done.text)

    return Effect.fnUntraced(function* (event: TurnEvent): Effect.fn.Return<ReadonlyArray<Said>> {
      if (!isExpected(event)) {
        if (command !== undefined && !isLedOn && event._tag === "Done") early.push(event)
        return []
      }
      if (event._tag !== "Done") return [event]
      yield* handedOn(event)
      if (command === undefined || isLedOn) return [event]
      isLedOn = true
      const next = yield* setGoing(command, chat, inboxId, event.session)
      if (next.length === 0) return [event]
      expected = next
      yield* caller.expect(next)
      const known = early.find(isExpected)
      if (known !== undefined) yield* handedOn(known)
      return [{ _tag: "Message", text: event.text }, ...(known === undefined ? [] : [known])]
    })
  }

  /** What answers one message, up to and with the event that ends the answer; and what else is said. */
  const ask = Effect.fnUntraced(function* (session: string | undefined, text: string) {
    const chat = yield* session === undefined ? Effect.map(unique, chatForOnce) : chatNamed(session)
    const watched = yield* events.subscribe
    // What was not handed on is somebody else's from then on.
    yield* Effect.addFinalizer(() => outbox.wake(chat))
    const caller = yield* attachments.call(chat)
    yield* outbox.wake(chat)
    // Whoever may open the socket is the owner (contract 5).
    const { inboxId } = yield* inbox
      .receive({ chat, person: owner, updateId: yield* unique, parts: [personText(text)] })
      .pipe(Effect.mapError(storeFailed))
    yield* caller.expect([inboxId])
    const answer = watched.pipe(
      Stream.mapEffect(followUp(chat, text, inboxId, caller)),
      Stream.flattenIterable,
      Stream.takeUntil((event) => event._tag === "Done"),
      Stream.onEnd(outbox.wake(chat))
    )
    const others = Stream.map(caller.others, (text): Said => ({ _tag: "Message", text }))
    return { answer, others }
  })

  return handlers
    .handle(
      "send",
      Effect.fnUntraced(function* ({ payload }) {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const { answer, others } = yield* ask(payload.session, payload.text)
        if (headers["accept"]?.toLowerCase().includes("text/event-stream") === true) {
          const told = Stream.merge(others, answer, { haltStrategy: "right" }).pipe(
            Stream.mapEffect(contractEvent),
            Stream.filter(String.isNonEmpty)
          )
          return HttpServerResponse.stream(
            Stream.merge(told, signsOfLife, { haltStrategy: "left" }).pipe(Stream.encodeText),
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
        const chat = yield* chatNamed(query.session ?? defaultChat)
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
