// SPDX-License-Identifier: MIT OR Apache-2.0
/** The providers that come with Blufio, and which of them answers. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { anthropicKey } from "../domain/secretName.ts"
import type { Provider } from "../services/Provider.ts"
import { Providers } from "../services/Provider.ts"
import { Secrets } from "../services/Secrets.ts"
import { Settings } from "../services/Settings.ts"
import { Vault } from "../services/Vault.ts"
import * as AnthropicProvider from "./anthropic/AnthropicProvider.ts"
import * as DemoProvider from "./demo/DemoProvider.ts"

const make = Effect.gen(function* () {
  const { provider } = yield* Settings
  const secrets = yield* Secrets
  const vault = yield* Vault
  const state = Effect.orElseSucceed(vault.state, () => "locked" as const)
  // The names in the vault can be read while it is locked.
  const isStored = Effect.orElseSucceed(
    Effect.map(vault.list, (rows) => rows.some(({ name }) => name === anthropicKey)),
    () => false
  )
  const whyNoKey = Effect.gen(function* () {
    const now = yield* state
    if (now === "damaged") return "the vault that held its key is damaged: see blufio status"
    if (!(yield* isStored)) return `no key is stored: blufio secret set ${anthropicKey}`
    return now === "locked"
      ? "the vault that holds its key is locked: start Blufio again with the passphrase"
      : `its key in the vault is damaged: blufio secret set ${anthropicKey}`
  })
  const anthropic: Provider = yield* AnthropicProvider.make({
    baseUrl: provider.anthropic.base_url,
    models: {
      simple: provider.anthropic.model_simple,
      standard: provider.anthropic.model_standard,
      complex: provider.anthropic.model_complex
    },
    maxRetries: provider.anthropic.max_retries,
    key: secrets.get(anthropicKey),
    isKeyKnown: secrets.isKnown(anthropicKey),
    whyNoKey
  })
  const demo = yield* DemoProvider.make
  const byName = new Map([anthropic, demo].map((one) => [one.name, one]))
  // Unset, no key known and none to be unlocked: the demo, so that a first start can answer.
  const isFirstStart = !(yield* secrets.isKnown(anthropicKey)) && (yield* state) === "absent"
  const name = provider.default ?? (isFirstStart ? "demo" : "anthropic")
  return Providers.of({
    names: [...byName.keys()],
    find: (wanted) => Option.fromUndefinedOr(byName.get(wanted)),
    chosen: name === "demo" ? demo : anthropic
  })
})

export const layer = Layer.effect(Providers, make)
