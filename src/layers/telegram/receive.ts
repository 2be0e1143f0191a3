// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of one update: into the inbox, or answered at the door, or passed over. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { PersonId } from "../../domain/Ids.ts"
import type { Inbox } from "../../services/Inbox.ts"
import { Admission, type Pairing } from "../../services/Pairing.ts"
import { channelName } from "./channelName.ts"
import { untilStored } from "./backoff.ts"
import type { BotApi } from "./BotApi.ts"
import type { Offer } from "./courtesies.ts"
import type { GoneChats } from "./GoneChats.ts"
import type { Me } from "./incoming/addressed.ts"
import * as Continued from "./incoming/continued.ts"
import { type SentFile, spokenFile } from "./incoming/files.ts"
import { migrationOf } from "./incoming/migration.ts"
import { calledOf, nameOf } from "./incoming/people.ts"
import { standingOf } from "./incoming/standing.ts"
import { make as makePress } from "./press.ts"
import type { StoreError } from "../../services/Store.ts"
import type { Questions } from "../../services/Questions.ts"
import { isMove, timingOf } from "./timing.ts"
import {
  type Content,
  isEdit,
  messageIn,
  type PersonMessage,
  personMessage,
  type Place,
  type Update
} from "./Update.ts"

export interface Door {
  readonly api: BotApi
  readonly inbox: Inbox["Service"]
  readonly pairing: Pairing["Service"]
  readonly gone: GoneChats
  readonly questions: Questions["Service"]
  /** Ids of people who need no pairing code. */
  readonly allowedUsers: ReadonlySet<number>
  /** The bot itself. */
  readonly me: () => Me
  /** So soon another message belongs to the same turn. */
  readonly joinWithin: Duration.Duration
  /** Whether what comes now was sent while nobody listened. */
  readonly isBacklog: () => boolean
  /** Does something small without waiting for it. */
  readonly courtesy: Offer
}

const pairingText = (code: string) =>
  `I do not know you yet. Your pairing code is ${code}; it is good for one hour.\n` +
  `Whoever runs this bot lets you in with: blufio pairing approve ${code}`

const unsupportedText = (file: SentFile | undefined) => {
  const what = file === undefined ? "messages of this kind" : `a ${spokenFile(file)}`
  return `I cannot read ${what}. Please tell me in words what it is about, or send it in another form: I understand text, voice, pictures and documents, and /help lists my commands.`
}

const faultText =
  "Something inside me broke on this message, and I have not kept it. Please send it again; if that fails too, the log says why."

const nextOffset = (update: Update) => update.update_id + 1

/** Handles updates in order. Neither fails nor passes one over because the database failed. */
export const make = Effect.fnUntraced(function* (door: Door) {
  const { allowedUsers, api, courtesy, gone, inbox, isBacklog, joinWithin, me, pairing } = door

  const answer = (place: Place, text: string) =>
    api
      .sendMessage(place, text, "plain")
      .pipe(
        Effect.catch((error) =>
          error.reason._tag === "Forbidden"
            ? gone.left(place.chatId)
            : Effect.logWarning(`could not answer a message: ${error.message}`)
        )
      )

  const skip = (update: Update) => inbox.skip(channelName, nextOffset(update))

  const admit = Effect.fnUntraced(function* ({ author, isPrivate, place }: PersonMessage) {
    const address = String(author.id)
    if (allowedUsers.has(author.id)) return Option.some(PersonId.make(`${channelName}:${address}`))
    // A code in a group would be everybody's: there, only who is known is heard.
    if (!isPrivate) return yield* pairing.find({ channel: channelName, address })
    const admission = yield* pairing.admit({
      channel: channelName,
      address,
      displayName: nameOf(author)
    })
    if (Admission.guards.Known(admission)) return Option.some(admission.person)
    if (Admission.guards.Code(admission)) {
      const text = pairingText(admission.code)
      yield* courtesy(Effect.asVoid(api.sendMessage(place, text, "plain")))
    }
    return Option.none()
  })

  const store = Effect.fnUntraced(function* (
    update: Update,
    message: PersonMessage,
    person: PersonId,
    { parts }: Extract<Content, { _tag: "Said" }>
  ) {
    const { chatId, topicId } = message.place
    const receipt = yield* inbox.receive(
      {
        chat: { channel: channelName, chat: chatId, topic: String(topicId ?? "") },
        person,
        ...calledOf(message.author),
        updateId: String(update.update_id),
        parts,
        isEdit: isEdit(update),
        ...timingOf(messageIn(update), joinWithin)
      },
      { offset: nextOffset(update), isBacklog: isBacklog() }
    )
    if (receipt.isNew && !isEdit(update))
      yield* courtesy(api.react(chatId, message.messageId, "👀"))
  })

  const continued = Continued.make()

  const press = makePress(door)

  /** What Telegram tells of a chat itself; false when the update is of another kind. */
  const noteChat = Effect.fnUntraced(function* (update: Update) {
    const migration = migrationOf(update.message)
    if (Option.isSome(migration)) {
      yield* inbox.moved(channelName, migration.value, nextOffset(update))
      return true
    }
    const standing = standingOf(update.my_chat_member)
    if (Option.isNone(standing)) return false
    const { chatId, isIn } = standing.value
    yield* isIn ? gone.returned(chatId) : gone.left(chatId)
    yield* skip(update)
    return true
  })

  const passOver = (update: Update) =>
    Effect.suspend(() => {
      const { album } = Option.getOrUndefined(personMessage(update, me(), () => true))?.piece ?? {}
      if (album !== undefined) continued.passOver(album, update)
      return skip(update)
    })

  /** `isEarlier`: it came before what was heard, and belongs to that. */
  const handle: (update: Update, isEarlier?: boolean) => Effect.Effect<void, StoreError> =
    Effect.fnUntraced(function* (update: Update, isEarlier = false) {
      if (update.callback_query !== undefined) return yield* press(update)
      if (yield* noteChat(update)) return
      const message = personMessage(update, me(), continued.isPart)
      if (Option.isNone(message)) return yield* passOver(update)
      yield* gone.returned(message.value.place.chatId)
      if (isEdit(update) && isMove(messageIn(update))) return yield* skip(update)
      if (!isEarlier) {
        const before = continued.hear(message.value.piece)
        yield* Effect.forEach(before, (member) => handle(member, true), { discard: true })
        continued.stored(message.value.piece)
      }
      const person = yield* admit(message.value)
      if (Option.isNone(person)) return yield* skip(update)
      const { content } = message.value
      if (content._tag === "Said") return yield* store(update, message.value, person.value, content)
      yield* answer(message.value.place, unsupportedText(content.file))
      yield* skip(update)
    })

  /** A fault of ours in one message must not make us deaf to all that follow. */
  const giveUp = Effect.fnUntraced(function* (update: Update, defect: unknown) {
    yield* Effect.logError(`update ${update.update_id} could not be taken`, defect)
    yield* Effect.suspend(() =>
      Option.match(personMessage(update, me()), {
        onNone: () => Effect.void,
        onSome: ({ place }) => answer(place, faultText)
      })
    ).pipe(Effect.catchDefect(() => Effect.void))
    yield* untilStored("skip an update", skip(update))
  })

  return (update: Update) =>
    untilStored("store a message", handle(update)).pipe(
      Effect.catchDefect((defect) => giveUp(update, defect))
    )
})
