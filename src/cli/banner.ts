// SPDX-License-Identifier: MIT OR Apache-2.0
/** What `serve` says when it is up: what is on, what is off, and how to turn it on. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { anthropicKey, telegramToken } from "../domain/secretName.ts"
import { notYetBuilt } from "../domain/settings/notYet.ts"
import { counted } from "../domain/spokenList.ts"
import { GatewayAddress } from "../layers/http/Server.ts"
import { Channels } from "../services/Channel.ts"
import { Identity } from "../services/Identity.ts"
import { Providers } from "../services/Provider.ts"
import { Secrets } from "../services/Secrets.ts"
import { ConfigSource, Settings } from "../services/Settings.ts"
import { pinnedDemo } from "./pinnedDemo.ts"
import { Vault } from "../services/Vault.ts"
import { vaultProblems } from "../services/vaultProblems.ts"

const dollars = (amount: number) => `$${amount.toFixed(2)}`

const modelLine = Effect.gen(function* () {
  const { chosen } = yield* Providers
  const problem = yield* chosen.problem
  if (Option.isSome(problem)) return `${chosen.model}, not usable: ${problem.value.detail}`
  if (chosen.name !== "demo") return `${chosen.model} (${chosen.name})`
  const { provider } = yield* Settings
  const { path } = yield* ConfigSource
  const secrets = yield* Secrets
  const pinned = provider.default === "demo" ? [pinnedDemo(path)] : []
  const missing = (yield* secrets.isKnown(anthropicKey))
    ? []
    : [`blufio secret set ${anthropicKey}`]
  const again = pinned.length === 0 ? ["start again"] : []
  return `demo (free, offline); for a real one: ${[...missing, ...pinned, ...again].join(", ")}`
})

const telegramLine = Effect.gen(function* () {
  const { names } = yield* Channels
  const vault = yield* Vault
  const { telegram } = yield* Settings
  if (names.some((name) => name === "telegram"))
    return "on; people who write to the bot get a code for: blufio pairing approve CODE"
  const isStored = (yield* vault.list).some(({ name }) => name === telegramToken)
  if (telegram.enabled && isStored && (yield* vault.state) === "locked")
    return "off; its token is in the locked vault"
  return telegram.enabled
    ? "off; get a token from @BotFather, blufio secret set TELEGRAM_BOT_TOKEN, start again"
    : "off; set telegram.enabled = true"
})

const vaultLine = Effect.gen(function* () {
  const vault = yield* Vault
  const state = yield* vault.state
  if (state === "absent") return "none; blufio init or blufio secret set NAME makes one"
  const count = counted((yield* vault.list).length, "secret")
  if (state !== "open")
    return [`${state}, ${count}`, ...(yield* vaultProblems(vault))].join("\n            ")
  const damaged = yield* vault.damaged
  return damaged.length === 0
    ? `open, ${count}`
    : `open, ${count}, damaged: ${damaged.join(", ")}; see blufio secret list`
})

export const banner = Effect.gen(function* () {
  const identity = yield* Identity
  const { budget, storage } = yield* Settings
  const { path, present } = yield* ConfigSource
  const { url } = yield* GatewayAddress
  const ignored = notYetBuilt(present)
  const lines = [
    `Blufio ${identity.version} is up (process ${identity.pid}).`,
    `  model     ${yield* modelLine}`,
    `  vault     ${yield* vaultLine}`,
    `  telegram  ${yield* telegramLine}`,
    `  terminal  on; run: blufio shell`,
    `  http      ${url}/healthz and /readyz; all else needs a key: blufio key create NAME --scopes chat`,
    `  budget    ${dollars(budget.daily_usd)} a day, ${dollars(budget.monthly_usd)} a month, ${dollars(budget.per_turn_usd)} a turn`,
    `  data      ${storage.path}`,
    `  settings  ${Option.getOrElse(path, () => "defaults; blufio config path says where a file is looked for")}`,
    ...(ignored.length === 0
      ? []
      : [`  not yet   set, but without effect so far: ${ignored.join(", ")}`])
  ]
  yield* Console.log(lines.join("\n"))
})
