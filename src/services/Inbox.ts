// SPDX-License-Identifier: MIT OR Apache-2.0
/** Messages enter here: each is durable before its channel is told that we have it (invariant 1). */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { parse } from "../domain/ChatCommand.ts"
import { Chat, PersonId, SessionId } from "../domain/Ids.ts"
import { Part, typedOf } from "../domain/Message.ts"
import { Control } from "./Control.ts"
import { type Edit, editOf } from "./inbox/edit.ts"
import { cutSecret, scrubParts } from "./inbox/scrub.ts"
import { InboxStore, type Lane } from "./InboxStore.ts"
import { Journal } from "./Journal.ts"
import { Outbox } from "./Outbox.ts"
import { PersonNames } from "./PersonNames.ts"
import { Redactor } from "./Redactor.ts"
import { Sessions } from "./Sessions.ts"
import { SessionStore } from "./SessionStore.ts"
import { readable, type StoreError, Transactions } from "./Store.ts"
import { TurnEvents } from "./TurnEvents.ts"

export const Incoming = Schema.Struct({
  chat: Chat,
  person: PersonId,
  /** What the channel calls them now, free of secrets. */
  personName: Schema.optionalKey(Schema.NonEmptyString),
  /** The channel's own id of the event: the same one twice is stored once. */
  updateId: Schema.NonEmptyString,
  parts: Schema.NonEmptyArray(Part),
  /** The channel's own id of the message, unique within its chat: an edit names it again. */
  messageId: Schema.optionalKey(Schema.NonEmptyString),
  /** Replaces what waits under its `messageId`; where a turn has that already, it is a new message. */
  isEdit: Schema.optionalKey(Schema.Boolean),
  /** When the person sent it, in milliseconds since 1970. */
  sentAt: Schema.optionalKey(Schema.Int),
  /** More may follow that belongs to it: no turn begins before so much time has passed without it. */
  joinWithinMillis: Schema.optionalKey(Schema.Int)
})
export type Incoming = typeof Incoming.Type

export const Receipt = Schema.Struct({
  inboxId: Schema.Int,
  session: SessionId,
  /** False when this event was stored before. */
  isNew: Schema.Boolean
})
export type Receipt = typeof Receipt.Type

export class Inbox extends Context.Service<
  Inbox,
  {
    /**
     * Stores a message and, in the same transaction, the channel's offset when one is given. Then
     * starts whatever it calls for: a turn, or a control command on its own lane.
     */
    readonly receive: (
      incoming: Incoming,
      options?: {
        readonly offset?: number
        /** It was sent while nobody listened: its turn begins once `caughtUp` is said. */
        readonly isBacklog?: boolean
      }
    ) => Effect.Effect<Receipt, StoreError>
    /** The channel has no more backlog: what waited for that begins. */
    readonly caughtUp: (channel: string) => Effect.Effect<void, StoreError>
    /** Moves a channel's offset past an event that holds nothing for us. */
    readonly skip: (channel: string, offset: number) => Effect.Effect<void, StoreError>
    /** Follows a chat to its new id, and moves the offset past the event that told of it. */
    readonly moved: (
      channel: string,
      chat: { readonly from: string; readonly to: string },
      offset: number
    ) => Effect.Effect<void, StoreError>
    /** The offset stored last; 0 when there is none. */
    readonly offset: (channel: string) => Effect.Effect<number, StoreError>
  }
>()("blufio/services/Inbox") {
  static readonly layer = Layer.effect(
    Inbox,
    Effect.gen(function* () {
      const control = yield* Control
      const events = yield* TurnEvents
      const redactor = yield* Redactor
      const sessions = yield* Sessions
      const store = yield* SessionStore
      const inbox = yield* InboxStore
      const journal = yield* Journal
      const names = yield* PersonNames
      const outbox = yield* Outbox
      const transactions = yield* Transactions

      /** Only what the person typed is ever a command: not what was forwarded. */
      const laneOf = (parts: Incoming["parts"]): Lane =>
        parse(typedOf(parts))._tag === "Message" ? "turn" : "control"

      const aboutSecrets = (kinds: ReadonlyArray<string>, channel: string) =>
        `🔒 I took a secret out of your message before it was stored (${kinds.join(", ")}): neither ` +
        "the model nor my database has it. " +
        (channel === "local"
          ? ""
          : `But ${channel} has: delete the message there, and replace the secret if it is in use. `) +
        "The safe way to give me one is on my machine: blufio secret set NAME"

      /** A message behind a question would wait without a sign. */
      const tellIfWaiting = Effect.fnUntraced(function* (receipt: Receipt, { chat }: Incoming) {
        const turn = Option.getOrUndefined(yield* journal.unfinished(receipt.session))
        if (turn?.state !== "waiting" || turn.question?.answer !== null) return
        const text =
          `I still wait for your answer about ${turn.question.tool}: /approve, /deny or /stop. ` +
          "What you just wrote comes next."
        const { inboxId, session } = receipt
        yield* outbox.enqueue({ session, turn: null, chat, inReplyTo: [] }, text)
        yield* outbox.wake(chat)
        // Whoever waits for this message's answer over HTTP would wait for an hour.
        yield* events.publish({ _tag: "Done", session, inReplyTo: [inboxId], text, failure: null })
      })

      /** A file that a person refers to comes along, unless the conversation holds it already. */
      const withoutRecent = (
        { messageId }: Incoming,
        session: SessionId,
        parts: ReadonlyArray<Part>
      ) =>
        Effect.filter(parts, (part) =>
          part._tag === "Attachment" && part.isReferred === true
            ? Effect.map(inbox.isFileRecent(session, part.unique, messageId), (is) => !is)
            : Effect.succeed(true)
        )

      const planOf = Effect.fnUntraced(function* (incoming: Incoming, parts: ReadonlyArray<Part>) {
        const { chat, isEdit, messageId } = incoming
        const lane = laneOf(incoming.parts)
        const plain: Edit = { _tag: "Store", lane, parts, instead: undefined }
        if (isEdit !== true || messageId === undefined) return plain
        const known = yield* readable(inbox.byMessage(chat, messageId), Option.none())
        return editOf(Option.getOrUndefined(known), parts, lane)
      })

      /** A secret may have begun in the message before, which waits for this one: what kinds did. */
      const mendCut = Effect.fnUntraced(function* (
        { joinWithinMillis = 0, person }: Incoming,
        session: SessionId,
        plan: Edit,
        id: number
      ): Effect.fn.Return<ReadonlyArray<string>, StoreError> {
        if (plan._tag !== "Store" || plan.lane !== "turn" || joinWithinMillis === 0) return []
        const found = yield* readable(inbox.waitingBefore(session, id), Option.none())
        const before = Option.getOrUndefined(found)
        if (before?.person !== person) return []
        const cut = cutSecret(redactor.inbound, before.parts, plan.parts)
        if (cut === undefined) return []
        yield* inbox.rewrite(before.id, cut.before)
        yield* inbox.rewrite(id, cut.after)
        return cut.kinds
      })

      /** `id`: the row of the event itself, which keeps it from being taken twice. */
      const carryOut = Effect.fnUntraced(function* (plan: Edit, id: number) {
        if (plan._tag === "Rewrite") yield* inbox.rewrite(plan.id, plan.parts)
        const over = plan._tag === "Store" ? plan.instead : id
        if (over !== undefined) yield* inbox.finish(over)
      })

      const receive: Inbox["Service"]["receive"] = Effect.fn("Inbox.receive")(
        function* (incoming, options) {
          const { chat, person, updateId } = incoming
          const { kinds, parts } = scrubParts(redactor.inbound, incoming.parts)
          const { hasSecrets, lane, receipt } = yield* transactions.atomically(
            Effect.gen(function* () {
              const session = yield* store.current(chat, person)
              if (incoming.personName !== undefined)
                yield* names.note(person, redactor.inbound(incoming.personName).text)
              const news = yield* withoutRecent(incoming, session.id, parts)
              const plan = yield* planOf(incoming, news)
              const row = { channel: chat.channel, updateId, session: session.id, person }
              const inserted = yield* inbox.insert(
                plan._tag === "Store"
                  ? {
                      ...row,
                      lane: plan.lane,
                      parts: plan.parts,
                      ...(incoming.messageId !== undefined && { messageId: incoming.messageId }),
                      ...(incoming.sentAt !== undefined && { sentAt: incoming.sentAt }),
                      joinWithin: incoming.joinWithinMillis ?? 0,
                      isBacklog: options?.isBacklog === true
                    }
                  : { ...row, lane: "turn", parts: [] }
              )
              if (options?.offset !== undefined)
                yield* inbox.moveOffset(chat.channel, options.offset)
              const lane = plan._tag === "Store" ? plan.lane : undefined
              if (Option.isSome(inserted)) {
                yield* carryOut(plan, inserted.value)
                const cut = yield* mendCut(incoming, session.id, plan, inserted.value)
                const allKinds = [...new Set([...kinds, ...cut])]
                const hasSecrets = allKinds.length > 0
                const address = { session: session.id, turn: null, chat, inReplyTo: [] }
                if (hasSecrets) yield* outbox.enqueue(address, aboutSecrets(allKinds, chat.channel))
                const receipt = { inboxId: inserted.value, session: session.id, isNew: true }
                return { hasSecrets, lane, receipt }
              }
              const known = yield* inbox.byUpdate(chat.channel, updateId)
              const receipt = Option.match(known, {
                onNone: () => ({ inboxId: 0, session: session.id, isNew: false }),
                onSome: ({ id, session }) => ({ inboxId: id, session, isNew: false })
              })
              return { hasSecrets: false, lane, receipt }
            })
          )
          yield* lane === "control" ? control.wake(receipt.session) : sessions.wake(receipt.session)
          if (receipt.isNew && hasSecrets) yield* outbox.wake(chat)
          if (receipt.isNew && lane === "turn")
            yield* Effect.catch(tellIfWaiting(receipt, incoming), (error) =>
              Effect.logError("a message waits without a sign", error)
            )
          return receipt
        }
      )

      return Inbox.of({
        receive,
        caughtUp: (channel) =>
          Effect.flatMap(inbox.caughtUp(channel), Effect.forEach(sessions.wake, { discard: true })),
        moved: Effect.fn("Inbox.moved")(function* (channel, { from, to }, offset) {
          const moved = yield* transactions.atomically(
            Effect.tap(store.moveChat(channel, from, to), () => inbox.moveOffset(channel, offset))
          )
          for (const session of moved) {
            yield* control.wake(session)
            yield* sessions.wake(session)
          }
          yield* outbox.recover
        }),
        skip: (channel, offset) => inbox.moveOffset(channel, offset),
        offset: (channel) => inbox.offset(channel)
      })
    })
  )
}
