// SPDX-License-Identifier: MIT OR Apache-2.0
/** The control lane: commands typed in chat, ahead of the queue and even while a turn runs. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { chatCommands, type CommandName, parse } from "../domain/ChatCommand.ts"
import { chatOf, type SessionId } from "../domain/Ids.ts"
import { typedOf } from "../domain/Message.ts"
import * as context from "./control/context.ts"
import * as conversation from "./control/conversation.ts"
import type { Answer, Handlers } from "./control/Handler.ts"
import * as money from "./control/money.ts"
import * as routing from "./control/routing.ts"
import * as scheduling from "./control/scheduling.ts"
import { InboxStore } from "./InboxStore.ts"
import * as KeyedWorkers from "./KeyedWorkers.ts"
import { Outbox } from "./Outbox.ts"
import { SessionStore } from "./SessionStore.ts"
import { persistently } from "./persistently.ts"
import { readable, type StoreError, Transactions } from "./Store.ts"
import { TurnEvents } from "./TurnEvents.ts"

const help = chatCommands.map(({ description, name }) => `/${name} – ${description}`).join("\n")

/** Commands that ask a model. */
const slow: ReadonlySet<CommandName> = new Set(["compact"])

/** Commands that take longer than this at start are carried out beside everything else. */
const recoverWithin = "5 seconds"

const broken = (defect: unknown): Effect.Effect<Answer> =>
  Effect.as(Effect.logError("a command broke", defect), {
    text: "⚠️ That command broke inside Blufio; the log says how. Try it again."
  })

const unreadable: Answer = {
  text: "⚠️ Part of this conversation cannot be read any more; the log says which. Send /new to start afresh."
}

export class Control extends Context.Service<
  Control,
  {
    /** A command was stored for this session. */
    readonly wake: (session: SessionId) => Effect.Effect<void>
    /** Carries out what was stored before the process died, and waits for it: at start. */
    readonly recover: Effect.Effect<void, StoreError>
  }
>()("blufio/services/Control") {
  static readonly layer = Layer.effect(
    Control,
    Effect.gen(function* () {
      const events = yield* TurnEvents
      const inbox = yield* InboxStore
      const outbox = yield* Outbox
      const store = yield* SessionStore
      const transactions = yield* Transactions

      const handlers: Handlers<CommandName> = {
        help: () => Effect.succeed({ text: help }),
        ...(yield* conversation.make),
        ...(yield* money.make),
        ...(yield* context.make),
        ...(yield* routing.make),
        ...(yield* scheduling.make)
      }

      const carryOut = Effect.fn("Control.carryOut")(function* (id: number) {
        const row = Option.getOrUndefined(yield* readable(inbox.read(id), Option.none()))
        const session = row && Option.getOrUndefined(yield* store.find(row.session))
        if (row === undefined || session === undefined) {
          yield* Effect.logError("a stored command cannot be read").pipe(
            Effect.annotateLogs({ inbox: id })
          )
          return yield* inbox.finish(id)
        }
        const command = parse(typedOf(row.parts))
        const { said, text } =
          command._tag === "Command"
            ? yield* readable(
                handlers[command.name](session, row, command.rest.trim()),
                unreadable
              ).pipe(Effect.catchDefect(broken))
            : { text: `I do not know that command.\n\n${help}` }
        const current = yield* store.current(session, row.person)
        const address = {
          session: current.id,
          turn: null,
          chat: chatOf(session),
          inReplyTo: [row.id]
        }
        yield* transactions.atomically(
          Effect.andThen(
            said === true ? Effect.void : outbox.enqueue(address, text),
            inbox.finish(row.id)
          )
        )
        yield* outbox.wake(address.chat)
        yield* events.publish({
          _tag: "Done",
          session: current.id,
          inReplyTo: [row.id],
          text,
          failure: null
        })
      })

      /** What takes long is done beside the lane, so that /stop does not queue up behind it. */
      const besides = yield* FiberMap.make<number, void, never>()
      const isLong = Effect.fnUntraced(function* (id: number) {
        const row = yield* readable(inbox.read(id), Option.none())
        return Option.exists(row, ({ parts }) => {
          const command = parse(typedOf(parts))
          return command._tag === "Command" && slow.has(command.name)
        })
      })

      const work = Effect.fnUntraced(function* (session: SessionId) {
        const pending = yield* inbox.pendingControl
        yield* Effect.forEach(
          pending.filter((row) => row.session === session),
          Effect.fnUntraced(function* ({ id }) {
            if (!(yield* isLong(id))) return yield* carryOut(id)
            yield* FiberMap.run(besides, id, persistently("a command")(carryOut(id)), {
              onlyIfMissing: true
            })
          }),
          { discard: true }
        )
      })
      const workers = yield* KeyedWorkers.make((session: SessionId) =>
        persistently("a command")(work(session))
      )

      return Control.of({
        wake: workers.wake,
        recover: Effect.gen(function* () {
          const pending = yield* inbox.pendingControl
          yield* Effect.forEach(pending, (row) => workers.wake(row.session), { discard: true })
          yield* Effect.timeoutOption(workers.idle, recoverWithin)
        })
      })
    })
  )
}
