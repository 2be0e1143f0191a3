// SPDX-License-Identifier: MIT OR Apache-2.0
/** `init`: whose bot the token is, and who wrote to it. Updates are looked at and left for `serve`. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { telegramToken } from "../../domain/secretName.ts"
import * as BotApi from "../../layers/telegram/BotApi.ts"
import { describe } from "../../layers/telegram/BotApiError.ts"
import { channelName } from "../../layers/telegram/channelName.ts"
import { nameOf } from "../../layers/telegram/incoming/people.ts"
import { personMessage } from "../../layers/telegram/Update.ts"
import { InboxStore } from "../../services/InboxStore.ts"
import { Pairing } from "../../services/Pairing.ts"
import { Secrets } from "../../services/Secrets.ts"
import { Settings } from "../../services/Settings.ts"
import type { Trial } from "./keyStep.ts"
import { Questions } from "./Questions.ts"

/** A client with the token as it is known now. */
const api = Effect.gen(function* () {
  const secrets = yield* Secrets
  const { telegram } = yield* Settings
  const token: Option.Option<Redacted.Redacted> = yield* secrets.get(telegramToken)
  return Option.map(token, (token) => BotApi.make({ token, apiRoot: telegram.api_root }))
})

/** Asks Telegram whose token it is. */
export const tryToken = Effect.gen(function* () {
  const bot = yield* api
  if (Option.isNone(bot))
    return { _tag: "Unproven", text: "it cannot be read" } satisfies Trial<string>
  return yield* bot.value.getMe.pipe(
    Effect.map(({ username }): Trial<string> => ({
      _tag: "Works",
      what: username,
      text: `it is @${username}'s`
    })),
    Effect.catch(({ reason }) =>
      Effect.succeed<Trial<string>>({
        _tag: reason._tag === "Unauthorized" ? "Refused" : "Unproven",
        text: describe(reason)
      })
    )
  )
})

/** So long a person is waited for who has to take up a phone. */
const ownerWithin = "10 minutes"
const pollFor = Duration.seconds(20)
/** What lies there is answered at once and stays there: not asked for over and over. */
const between = "1 second"

/** In a private chat it does not matter who the bot is. */
const nobody = { id: 0, username: "" }

const findOwner = Effect.fnUntraced(function* (bot: BotApi.BotApi) {
  const questions = yield* Questions
  const pairing = yield* Pairing
  const inbox = yield* InboxStore
  const offset = yield* inbox.offset(channelName)
  const strangers = new Set<number>()
  for (;;) {
    const updates = yield* bot.getUpdates({ offset, timeout: pollFor })
    for (const update of updates) {
      const message = Option.getOrUndefined(personMessage(update, nobody))
      if (message?.isPrivate !== true || strangers.has(message.author.id)) continue
      const { author } = message
      const name = nameOf(author)
      if (!(yield* questions.confirm(`${name} wrote to the bot. Is that you?`, false))) {
        strangers.add(author.id)
        continue
      }
      const contact = { channel: channelName, address: String(author.id), displayName: name }
      const admission = yield* pairing.admit(contact)
      if (admission._tag === "Code") yield* pairing.approve(admission.code)
      return name
    }
    yield* Effect.sleep(between)
  }
})

/** The name of who owns this Blufio on Telegram, when somebody does already or came forward. */
export const ownerStep = Effect.fn("init.owner")(function* (botName: string) {
  const questions = yield* Questions
  const pairing = yield* Pairing
  const known = (yield* pairing.list).find(({ role }) => role === "owner")
  if (known !== undefined) return Option.some(known.name)
  const bot = yield* api
  if (!questions.isInteractive || Option.isNone(bot)) return Option.none<string>()
  yield* questions.say(
    `Now write to your bot: https://t.me/${botName} (Ctrl-C to do it later; the rest is stored)`
  )
  const found = yield* findOwner(bot.value).pipe(
    Effect.timeoutOption(ownerWithin),
    Effect.catchTag("BotApiError", (error) =>
      Effect.as(questions.say(`✗ ${error.message}`), Option.none<string>())
    )
  )
  yield* questions.say(
    Option.match(found, {
      onNone: () => "- nobody came forward: blufio serve tells who writes a code to approve",
      onSome: (name) => `✓ ${name} is the owner. What you wrote is answered when blufio serves.`
    })
  )
  return found
})
