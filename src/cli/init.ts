// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio init`: from nothing to an agent that can answer. Each step looks first what is there. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { anthropicKey, telegramToken } from "../domain/secretName.ts"
import { Environment } from "../layers/config/Environment.ts"
import * as TomlSettings from "../layers/config/TomlSettings.ts"
import * as Main from "../layers/Main.ts"
import * as PassphraseSources from "../layers/passphrase/PassphraseSources.ts"
import { isInteractive } from "../layers/terminal/style.ts"
import { KeyCheck } from "../services/KeyCheck.ts"
import { Cancelled } from "../services/Passphrase.ts"
import { Providers } from "../services/Provider.ts"
import { Settings } from "../services/Settings.ts"
import { Vault } from "../services/Vault.ts"
import { AlreadyTold, ExitCode } from "./exit.ts"
import { ConfigPath, Json, PassphraseFd } from "./globals.ts"
import { type ConfigAnswer, configStep } from "./init/configStep.ts"
import { deviceStep } from "./init/deviceStep.ts"
import { keyStep, type Trial } from "./init/keyStep.ts"
import * as Questions from "./init/Questions.ts"
import { refuseWhileRunning } from "./init/refuseWhileRunning.ts"
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
      Effect.succeed<Trial<void>>(
        isRefused
          ? { _tag: "Refused", text: "it was refused" }
          : { _tag: "Unproven", text: `not tried out: ${detail}` }
      )
    )
  )
})

const next = (config: string) => `What to run next:
  blufio${config} serve    the agent, until you stop it; it asks for the passphrase
  blufio${config} shell    talk with it in this terminal
The README says how it starts by itself after a reboot.`

const unfinished = (config: string, names: ReadonlyArray<string>) =>
  `Not done yet: ${names.join(" and ")} ${names.length === 1 ? "was" : "were"} refused. ` +
  `With a valid one at hand: blufio${config} init`

const spell = (trial: Option.Option<Trial<unknown>>) =>
  Option.match(trial, { onNone: () => "absent", onSome: ({ _tag }) => _tag.toLowerCase() })

/** Whether Blufio will find a key when it serves. */
const isKeyThere = Effect.gen(function* () {
  const vault = yield* Vault
  const environment = yield* Environment
  const isStored = (yield* vault.list).some(({ name }) => name === anthropicKey)
  return isStored || (environment[anthropicKey] ?? "").trim() !== ""
})

const modelStep = Effect.fnUntraced(function* (config: ConfigAnswer) {
  const { provider } = yield* Settings
  const key = yield* keyStep({
    name: anthropicKey,
    question: "Anthropic API key (Enter to leave it for later)",
    skipped: "left out; the demo answers until there is one",
    try: tryKey
  })
  const isDemo = provider.default === "demo"
  const isThere = yield* isKeyThere
  if (!isThere && !isDemo) yield* config.useDemo
  if (isThere && isDemo) yield* config.endDemo
  return key
})

const steps = Effect.fn("init.steps")(function* (config: ConfigAnswer, configFlag: string) {
  const questions = yield* Questions.Questions
  const state = yield* unlock
  yield* questions.say(state === "absent" ? "✓ vault: made" : "✓ vault: open")
  const key = yield* modelStep(config)
  const token = yield* keyStep({
    name: telegramToken,
    question: "Telegram bot token from @BotFather (Enter to leave it for later)",
    skipped: "left out; Telegram stays off until there is one",
    try: tryToken
  })
  const device = yield* deviceStep
  const bot = Option.flatMap(token, (trial) =>
    trial._tag === "Works" ? Option.some(trial.what) : Option.none()
  )
  const owner = Option.isSome(bot) ? yield* ownerStep(bot.value) : Option.none<string>()
  const trials = { [anthropicKey]: key, [telegramToken]: token }
  const refused = Object.entries(trials).flatMap(([name, trial]) =>
    spell(trial) === "refused" ? [name] : []
  )
  if (yield* Json) {
    yield* printJson({
      config: config.file,
      anthropic_key: spell(key),
      telegram_token: spell(token),
      bot: Option.getOrNull(bot),
      owner: Option.getOrNull(owner),
      device: device.id
    })
  } else if (refused.length === 0) yield* Console.log(next(configFlag))
  if (refused.length === 0) return
  yield* Console.error(unfinished(configFlag, refused))
  return yield* new AlreadyTold({ exitCode: ExitCode.failed })
})

const kept = "What was done is kept; blufio init goes on from there."

/** With what was typed at a terminal, or what a script gave. */
const setUp = Effect.fn("init")(
  function* (configPath: Option.Option<string>) {
    yield* refuseWhileRunning(configPath)
    const config = yield* configStep(configPath)
    const graph = Main.initLayer.pipe(
      Layer.provideMerge(TomlSettings.layer({ configPath: Option.some(config.file) }))
    )
    const flag = Option.match(configPath, {
      onNone: () => "",
      onSome: (path) => ` --config ${path}`
    })
    yield* Effect.provide(steps(config, flag), graph)
  },
  Effect.catchTag("Cancelled", () => new Cancelled({ kept })),
  Effect.onInterrupt(() => Console.error(`\n${kept}`))
)

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
