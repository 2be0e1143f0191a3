// SPDX-License-Identifier: MIT OR Apache-2.0
/** Homes whose settings point at the fakes, with budgets that a bench does not exhaust. */
import * as Effect from "effect/Effect"
import * as BotApi from "../test/fakes/BotApi.ts"
import { makeHome } from "../test/support/Blufio.ts"
import * as FixedAnswers from "./FixedAnswers.ts"

export const person = 1000
const people = Array.from({ length: 500 }, (_, index) => person + index)

/** The default of telegram.join_within, which each first message of a turn waits for. */
export const joinWithinMillis = 400

const withModel = Effect.fnUntraced(function* (toml: string) {
  const model = yield* FixedAnswers.make
  const home = yield* makeHome(`
[provider.anthropic]
base_url = "${model.url}"
[budget]
daily_usd = 10000.0
monthly_usd = 10000.0
per_turn_usd = 100.0
${toml}`)
  const env = { ...home.env, ANTHROPIC_API_KEY: "sk-bench" }
  return { home: { ...home, env }, model }
})

/** A model, and the terminal as its only channel. */
export const local = withModel("")

/** The same with Telegram. */
export const telegram = Effect.gen(function* () {
  const bot = yield* BotApi.make()
  const { home, model } = yield* withModel(`
[telegram]
api_root = "${bot.url}"
allowed_users = [${people.join(", ")}]
join_within = "${joinWithinMillis} millis"`)
  return { bot, model, home: { ...home, env: { ...home.env, TELEGRAM_BOT_TOKEN: bot.token } } }
})
