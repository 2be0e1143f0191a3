// SPDX-License-Identifier: MIT OR Apache-2.0
/** Both vendors on loopback, and a home that points at them. */
import * as Effect from "effect/Effect"
import * as BotApi from "../fakes/BotApi.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import { blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import { makeHome } from "./Blufio.ts"

export interface Asked {
  /** What people said in the turn at hand: the texts, without what Blufio added in brackets. */
  readonly words: string
  /** How many model steps of this turn came before. */
  readonly step: number
  /** The results of the tool calls just made. */
  readonly results: ReadonlyArray<string>
}

/** Reads a request as its turn: from the last message that holds words of a person. */
export const asked = (body: Pick<MessagesBody, "messages">): Asked => {
  const wordsOf = (index: number) =>
    blocksOf(body.messages[index]!)
      .flatMap((block) =>
        block.type === "text" && !block.text.startsWith("[") ? [block.text] : []
      )
      .join("\n")
  let start = body.messages.length - 1
  while (start > 0 && (body.messages[start]!.role !== "user" || wordsOf(start) === "")) start--
  const results = blocksOf(body.messages.at(-1)!).flatMap((block) =>
    block.type === "tool_result" ? [JSON.stringify(block.content)] : []
  )
  const step = body.messages.slice(start).filter((message) => message.role === "assistant").length
  return { words: wordsOf(start), step, results }
}

export const users = [11, 12, 13]

/** One model for every tier: for tests in which it must not matter what is asked. */
export const oneModel = (model = "claude-sonnet-5-5") => ({
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_SIMPLE: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_STANDARD: model,
  BLUFIO__PROVIDER__ANTHROPIC__MODEL_COMPLEX: model
})

/** `toml` is added to what points Blufio at the fakes. */
export const make = Effect.fnUntraced(function* (toml = "") {
  const telegram = yield* BotApi.make()
  const anthropic = yield* MessagesApi.make()
  const home = yield* makeHome(`
[provider.anthropic]
base_url = "${anthropic.url}"

[telegram]
api_root = "${telegram.url}"
allowed_users = [${users.join(", ")}]
poll_timeout = "5 seconds"
edit_interval = "100 millis"
join_within = "1 millis"
${toml}`)
  const env = { ANTHROPIC_API_KEY: anthropic.key, TELEGRAM_BOT_TOKEN: telegram.token }
  return { telegram, anthropic, home: { ...home, env: { ...home.env, ...env } } }
})
