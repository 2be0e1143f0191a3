// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio init`: from nothing to an agent that can answer. Each step looks first what is there. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { anthropicKey, telegramToken } from "../domain/secretName.ts"
import * as TomlSettings from "../layers/config/TomlSettings.ts"
import * as Main from "../layers/Main.ts"
import * as PassphraseSources from "../layers/passphrase/PassphraseSources.ts"
import { isInteractive } from "../layers/terminal/style.ts"
import { DeviceKey } from "../services/DeviceKey.ts"
import { KeyCheck } from "../services/KeyCheck.ts"
import { Providers } from "../services/Provider.ts"
import { Settings } from "../services/Settings.ts"
import { AlreadyTold, ExitCode } from "./exit.ts"
import { ConfigPath, Json, PassphraseFd } from "./globals.ts"
import { type ConfigAnswer, configStep } from "./init/configStep.ts"
import { keyStep, type Trial } from "./init/keyStep.ts"
import * as Questions from "./init/Questions.ts"
import { ownerStep, tryToken } from "./init/telegram.ts"
import { printJson } from "./output.ts"
import { unlock } from "./vault/unlock.ts"

const nonInteractive = Flag.Boolean("non-interactive").pipe(
  Flag.withDescription(
    "Ask nobody: keys come from the environment and from NAME=value lines on stdin"
  ),
  Flag.withDefault(false)
)

/** One token of the cheapest model, booked in the ledger. */
const tryKey = Effect.gen(function* () {
  const { provider } = yield* Settings
  const { find } = yield* Providers
  const keyCheck = yield* KeyCheck
  const anthropic = yield* Effect.orDie(Effect.fromOption(find("anthropic")))
  return yield* keyCheck.check(anthropic, provider.anthropic.model_simple).pipe(
    Effect.as<Trial<void>>({ _tag: "Works", what: undefined, text: "it works" }),
    Effect.catch(({ detail, isRefused }) =>
      Effect.succeed<Trial<void>>({ _tag: isRefused ? "Refused" : "Unproven", text: detail })
    )
  )
})

const next = (config: string) => `What to run next:
  blufio${config} serve    the agent, until you stop it; it asks for the passphrase
  blufio${config} shell    talk with it in this terminal
The README says how it starts by itself after a reboot.`

const spell = (trial: Option.Option<Trial<unknown>>) =>
  Option.match(trial, { onNone: () => "absent", onSome: ({ _tag }) => _tag.toLowerCase() })

const steps = Effect.fn("init.steps")(function* (config: ConfigAnswer, configFlag: string) {
  const questions = yield* Questions.Questions
  const state = yield* unlock
  yield* questions.say(state === "absent" ? "✓ vault: made" : "✓ vault: open")
  const key = yield* keyStep({
    name: anthropicKey,
    question: "Anthropic API key (Enter to leave it for later)",
    skipped: "left out; the demo answers until there is one",
    try: tryKey
  })
  if (Option.isNone(key)) yield* config.useDemo
  const token = yield* keyStep({
    name: telegramToken,
    question: "Telegram bot token from @BotFather (Enter to leave it for later)",
    skipped: "left out; Telegram stays off until there is one",
    try: tryToken
  })
  const deviceKey = yield* DeviceKey
  const { device, isNew } = yield* deviceKey.ensure
  yield* questions.say(`✓ device key: ${device.id}${isNew ? ", made" : ""}`)
  const bot = Option.flatMap(token, (trial) =>
    trial._tag === "Works" ? Option.some(trial.what) : Option.none()
  )
  const owner = Option.isSome(bot) ? yield* ownerStep(bot.value) : Option.none<string>()
  if (yield* Json) {
    yield* printJson({
      config: config.file,
      anthropic_key: spell(key),
      telegram_token: spell(token),
      bot: Option.getOrNull(bot),
      owner: Option.getOrNull(owner),
      device: device.id
    })
  } else yield* Console.log(next(configFlag))
  const isRefused = [key, token].some((trial) => spell(trial) === "refused")
  if (isRefused) return yield* new AlreadyTold({ exitCode: ExitCode.failed })
})

/** With what was typed at a terminal, or what a script gave. */
const setUp = Effect.fn("init")(function* (configPath: Option.Option<string>) {
  const config = yield* configStep(configPath)
  const graph = Main.initLayer.pipe(
    Layer.provideMerge(TomlSettings.layer({ configPath: Option.some(config.file) }))
  )
  const flag = Option.match(configPath, { onNone: () => "", onSome: (path) => ` --config ${path}` })
  yield* Effect.provide(steps(config, flag), graph)
})

export const command = Command.make(
  "init",
  { nonInteractive },
  Effect.fnUntraced(function* ({ nonInteractive }) {
    const asksPerson = !nonInteractive && (yield* isInteractive)
    const configPath = yield* ConfigPath
    const passphrase = PassphraseSources.layer(yield* PassphraseFd)
    yield* asksPerson
      ? Effect.provide(setUp(configPath), Layer.provideMerge(Questions.layerPerson, passphrase))
      : Effect.provide(setUp(configPath), Layer.merge(Questions.layerScript, passphrase))
  })
).pipe(
  Command.withDescription("Set Blufio up: vault, keys, your bot, settings; as often as you like")
)
