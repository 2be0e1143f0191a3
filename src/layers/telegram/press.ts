// SPDX-License-Identifier: MIT OR Apache-2.0
/** A pressed button: a command that names its question, stored like one that was typed. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { PersonId } from "../../domain/Ids.ts"
import { type Outcome, readPress } from "../../domain/question.ts"
import { channelName } from "./channelName.ts"
import { Author, calledOf } from "./incoming/people.ts"
import type { Door } from "./receive.ts"
import type { Update } from "./Update.ts"

/** As far as we read it. `message` is left out for messages sent through an inline query. */
const Press = Schema.Struct({
  id: Schema.NonEmptyString,
  from: Author,
  message: Schema.optionalKey(Schema.Struct({ chat: Schema.Struct({ id: Schema.Int }) })),
  data: Schema.optionalKey(Schema.String)
})
type Press = typeof Press.Type
const decodePress = Schema.decodeUnknownOption(Press)
/** Enough to end its little clock, however odd the rest is. */
const decodeId = Schema.decodeUnknownOption(Schema.Struct({ id: Schema.NonEmptyString }))

const stranger = "I do not know you, so nothing was done."
const unknown = "I do not know this button, so nothing was done."
const answered = "Already answered."
const over = {
  approve: answered,
  deny: answered,
  expired: "This question has expired.",
  stopped: "This was stopped."
} as const satisfies Record<Outcome, string>

export const make = (door: Door) => {
  const { allowedUsers, api, courtesy, inbox, pairing, questions } = door

  /** Unlike a message, a press of a stranger asks for no pairing code. */
  const personOf = (id: number) => {
    const address = String(id)
    return allowedUsers.has(id)
      ? Effect.succeedSome(PersonId.make(`${channelName}:${address}`))
      : pairing.find({ channel: channelName, address })
  }

  /** Stores what it calls for. Answers with what only who pressed it is told, if anything. */
  const take = Effect.fnUntraced(function* (press: Press, offset: number) {
    const person = Option.getOrUndefined(yield* personOf(press.from.id))
    if (person === undefined) return stranger
    const wish = Option.getOrUndefined(readPress(press.data ?? ""))
    if (wish === undefined) return unknown
    const asked = Option.getOrUndefined(yield* questions.standing(wish.question))
    // Whoever presses must see the question: the data alone could be made up.
    const seenIn = String(press.message?.chat.id)
    if (
      asked?.chat.channel !== channelName ||
      ![asked.chat.chat, asked.present.chat].includes(seenIn)
    )
      return unknown
    if (asked.state !== "open") return over[asked.state]
    const receipt = yield* inbox.receive(
      {
        chat: asked.present,
        person,
        ...calledOf(press.from),
        // One press a question: whoever comes first has answered it.
        updateId: `press:${wish.question}`,
        parts: [{ _tag: "Text", origin: "person", trusted: true, text: wish.command }]
      },
      { offset }
    )
    return receipt.isNew ? undefined : answered
  })

  return Effect.fnUntraced(function* (update: Update) {
    const offset = update.update_id + 1
    const press = Option.getOrUndefined(decodePress(update.callback_query))
    const told = press === undefined ? unknown : yield* take(press, offset)
    yield* inbox.skip(channelName, offset)
    const named = Option.getOrUndefined(decodeId(update.callback_query))
    if (named !== undefined) yield* courtesy(api.answerCallbackQuery(named.id, told))
  })
}
