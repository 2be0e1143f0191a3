// SPDX-License-Identifier: MIT OR Apache-2.0
/** The channels that are switched on, and the loops by which they hear people. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { telegramToken } from "../domain/secretName.ts"
import { Attachments } from "../services/Attachments.ts"
import { Channels } from "../services/Channel.ts"
import type { ChannelHealth } from "../services/ChannelHealth.ts"
import type { Inbox } from "../services/Inbox.ts"
import type { Questions } from "../services/Questions.ts"
import type { Pairing } from "../services/Pairing.ts"
import { Pollers } from "../services/Pollers.ts"
import { Secrets } from "../services/Secrets.ts"
import { Settings } from "../services/Settings.ts"
import * as TelegramChannel from "./telegram/TelegramChannel.ts"

/** Telegram, when it is enabled and a token is known. */
class Telegram extends Context.Service<
  Telegram,
  Option.Option<ReturnType<typeof TelegramChannel.make>>
>()("blufio/layers/ChannelRegistry/Telegram") {}

const telegram = Layer.effect(
  Telegram,
  Effect.gen(function* () {
    const settings = yield* Settings
    const secrets = yield* Secrets
    const token = yield* secrets.get(telegramToken)
    return settings.telegram.enabled
      ? Option.map(token, (token) => TelegramChannel.make({ token, settings: settings.telegram }))
      : Option.none()
  })
)

const allChannels = Layer.effect(
  Channels,
  Effect.gen(function* () {
    const local = yield* Attachments
    const remote = Option.map(yield* Telegram, ({ channel }) => channel)
    return Channels.fromList([local.channel, ...Option.toArray(remote)])
  })
)

const telegramPoller = Layer.effect(
  Pollers,
  Effect.gen(function* () {
    const context = yield* Effect.context<Inbox | Pairing | ChannelHealth | Questions>()
    return Option.toArray(yield* Telegram).map(({ channel, listen }) => ({
      channel: channel.name,
      run: listen.pipe(Effect.scoped, Effect.provideContext(context))
    }))
  })
)

const localOnly = Layer.effect(
  Channels,
  Effect.map(Attachments, ({ channel }) => Channels.fromList([channel]))
)

/** `shell` hears its own terminal only: what waits on other channels is left to `serve`. */
export const channels = (command: "serve" | "shell") =>
  command === "serve" ? allChannels.pipe(Layer.provide(telegram)) : localOnly

export const pollers = (command: "serve" | "shell") =>
  command === "serve" ? telegramPoller.pipe(Layer.provide(telegram)) : Layer.succeed(Pollers, [])
