// SPDX-License-Identifier: MIT OR Apache-2.0
/** The shell with a person at the terminal: prompt, streamed replies, Ctrl-C. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type { Client } from "../../layers/DaemonClient.ts"
import * as LineEditor from "../../layers/terminal/LineEditor.ts"
import { dim } from "../../layers/terminal/style.ts"
import * as Conversation from "./Conversation.ts"
import { narrate, type Piece, silence } from "./narrate.ts"

const prompt = "you> "

const notices = {
  lost: "[The daemon has gone away. Waiting for it to come back …]",
  back: "[The daemon is back.]",
  leave: "[Ctrl-C once more to leave, or Ctrl-D. /help lists the commands.]"
} as const

/** Events that show that something is being worked on, whoever asked for it. */
const isWork = ({ _tag }: Conversation.Heard) =>
  _tag === "delta" || _tag === "thinking" || _tag === "tool" || _tag === "retrying"

export const isExit = (text: string) => ["/exit", "/quit"].includes(text.trim())

interface Options {
  readonly client: Client
  readonly session: string
  /** Said before anything else. */
  readonly greeting: string
}

export const interactive = Effect.fnUntraced(function* (options: Options) {
  const { client, greeting, session } = options
  const editor = yield* LineEditor.make(prompt)
  const aside = yield* dim
  const left = yield* Deferred.make<void>()
  const asked = yield* FiberSet.make<void>()
  let narration = silence
  let unanswered = 0
  let isWorking = false
  /** From Ctrl-C until something was answered: a second one need not ask again. */
  let isStopping = false
  let isLeaving = false

  const isBusy = () => unanswered > 0 || isWorking
  const settle = Effect.suspend(() => editor.setBusy(isBusy()))
  const show = (pieces: ReadonlyArray<Piece>) =>
    editor.print(pieces.map(({ dim, text }) => (dim ? aside(text) : text)).join(""))
  const notice = (text: string) =>
    Effect.suspend(() => {
      const line = narration.midLine ? `\n${text}\n` : `${text}\n`
      narration = { ...narration, midLine: false }
      return show([{ text: line, dim: true }])
    })

  const hear = Effect.fnUntraced(function* (heard: Conversation.Heard) {
    if (heard._tag === "attached") return yield* settle
    if (heard._tag === "lost" || heard._tag === "back") return yield* notice(notices[heard._tag])
    if (isWork(heard)) isWorking = true
    if (heard._tag === "idle") isWorking = false
    const [next, pieces] = narrate(narration, heard)
    narration = next
    yield* show(pieces)
    yield* settle
  })
  const { listen, send } = Conversation.make(client, session, hear)

  const say = Effect.fnUntraced(function* (text: string) {
    unanswered += 1
    yield* settle
    yield* FiberSet.run(
      asked,
      send(text).pipe(
        Effect.catch((error) => notice(`[${error.message}]`)),
        Effect.ensuring(
          Effect.suspend(() => {
            unanswered -= 1
            isStopping = false
            return settle
          })
        )
      )
    )
  })

  const onInput = Effect.fnUntraced(function* (input: LineEditor.Input) {
    const wasLeaving = isLeaving
    isLeaving = false
    switch (input._tag) {
      case "End":
        return yield* Deferred.succeed(left, undefined)
      case "Line":
        return yield* isExit(input.text) ? Deferred.succeed(left, undefined) : say(input.text)
      case "Interrupt":
        if (isBusy() && !isStopping) {
          isStopping = true
          return yield* say("/stop")
        }
        if (input.typed !== "") return yield* editor.clear
        if (wasLeaving) return yield* Deferred.succeed(left, undefined)
        isLeaving = true
        return yield* notice(notices.leave)
    }
  })

  yield* notice(`[${greeting} /help lists the commands, Ctrl-D leaves.]`)
  const typing = Effect.forever(Effect.flatMap(editor.next, onInput))
  yield* Effect.raceFirst(Deferred.await(left), Effect.raceFirst(listen, typing))
}, Effect.scoped)
