// SPDX-License-Identifier: MIT OR Apache-2.0
/** The shell without a person: each line of stdin is a message, answered before the next is sent. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import { Stdio } from "effect/Stdio"
import * as Stream from "effect/Stream"
import { ask, type Client, DaemonGone } from "../../layers/DaemonClient.ts"
import { AlreadyTold, ExitCode } from "../exit.ts"
import { printJson } from "../output.ts"
import * as Conversation from "./Conversation.ts"
import { isExit } from "./interactive.ts"

/** Messages heard and not yet looked at; the oldest make room, their replies are known otherwise. */
const capacity = 1024
/** A reply is heard in the session at about the time when it is answered. */
const heardWithin = "2 seconds"

const notices = {
  lost: "The daemon has gone away. Waiting for it to come back …",
  back: "The daemon is back."
} as const

/** `error`: why there was no reply. */
type Said = { readonly text: string } | { readonly text: string; readonly error: string }

interface Options {
  readonly client: Client
  readonly session: string
  readonly json: boolean
  /** For the reply to a message over which the daemon went away. */
  readonly turnTimeoutMillis: number
}

const lines = Stream.unwrap(Effect.map(Stdio, ({ stdin }) => stdin)).pipe(
  Stream.decodeText,
  Stream.splitLines,
  Stream.takeWhile((line) => !isExit(line)),
  Stream.filter((line) => line.trim() !== "")
)

export const piped = Effect.fnUntraced(function* (options: Options) {
  const { client, json, session, turnTimeoutMillis } = options
  const heard = yield* Queue.sliding<string>(capacity)
  const replies: Array<Said> = []
  /** Said in the session, but to nothing that was sent here: it waited, or came by itself. */
  const others: Array<Said> = []

  /** Why there was no answer, as a script can tell it. */
  const exitCodeFor = Effect.fnUntraced(function* (error: string) {
    if (error === "budget_exceeded") return ExitCode.refused
    const { state } = yield* ask(client.vault({}))
    return state === "locked" || state === "damaged" ? ExitCode.vaultLocked : ExitCode.failed
  })

  const tell = (text: string) => (json ? Effect.void : Console.log(text))
  const other = (text: string) => {
    others.push({ text })
    return tell(text)
  }

  const { listen, send } = Conversation.make(
    client,
    session,
    Effect.fnUntraced(function* (event) {
      if (event._tag === "message") yield* Queue.offer(heard, event.text)
      if (event._tag === "lost" || event._tag === "back") yield* Console.error(notices[event._tag])
    })
  )

  /** Up to and with the reply, in the order in which it was said. */
  const untilHeard = Effect.fnUntraced(function* (reply: string) {
    while (true) {
      const next = yield* Effect.timeoutOption(Queue.take(heard), heardWithin)
      if (Option.isNone(next) || next.value === reply) return
      yield* other(next.value)
    }
  })

  const converse = Effect.fnUntraced(function* (line: string) {
    const answer = yield* send(line)
    if (answer._tag === "Unknown") {
      const late = yield* Queue.take(heard).pipe(
        Effect.timeoutOrElse({
          duration: turnTimeoutMillis,
          orElse: () => Effect.fail(new DaemonGone({ reached: true }))
        })
      )
      replies.push({ text: late })
      return yield* tell(late)
    }
    yield* untilHeard(answer.text)
    const { text } = answer
    replies.push(answer._tag === "Failure" ? { text, error: answer.type } : { text })
    yield* tell(text)
  })

  yield* Effect.raceFirst(listen, Stream.runForEach(lines, converse))
  for (const text of yield* Queue.clear(heard)) yield* other(text)
  if (json) yield* printJson(others.length === 0 ? { replies } : { replies, others })
  const failure = replies.findLast((said) => "error" in said)
  if (failure === undefined) return
  return yield* new AlreadyTold({ exitCode: yield* exitCodeFor(failure.error) })
}, Effect.scoped)
