// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a turn's prompt holds beside the person's words and the history, for ten kinds of turn. */
import * as Effect from "effect/Effect"
import type { MessagesBody } from "../../test/fakes/messages-api/Body.ts"
import { blocksOf } from "../../test/fakes/messages-api/Body.ts"
import { promptTokens } from "../../test/fakes/messages-api/cache.ts"
import { blockTokens, textTokens } from "../../test/fakes/messages-api/tokens.ts"
import * as World from "./world.ts"

interface Kind {
  readonly name: string
  readonly text: string
  readonly tool?: World.Planned["tool"]
  readonly persona?: string
  /** Messages that came before in the same conversation. */
  readonly before?: ReadonlyArray<string>
}

const persona =
  "You help a small bakery: answer warmly, name prices in euros, and ask before you order anything. "

const kinds: ReadonlyArray<Kind> = [
  { name: "greeting", text: "Good morning!" },
  { name: "question", text: "Why is the sky blue, in two sentences?" },
  {
    name: "long message",
    text: `Please shorten this: ${"It rained all day in the valley. ".repeat(150)}`
  },
  { name: "code", text: "What does this do?\n```ts\nconst f = (n: number) => n * 2\n```" },
  { name: "another language", text: "Kannst du mir einen Brief an die Hausverwaltung schreiben?" },
  {
    name: "tool: calculate",
    text: "What is 17 * 23?",
    tool: { name: "calculate", params: { expression: "17 * 23" } }
  },
  {
    name: "tool: current_time",
    text: "What time is it in Tokyo?",
    tool: { name: "current_time", params: { time_zone: "Asia/Tokyo" } }
  },
  {
    name: "tool: remind",
    text: "Remind me tomorrow at 9 to call mum",
    tool: { name: "remind", params: { when: "tomorrow at 9", text: "call mum" } }
  },
  {
    name: "twentieth message",
    text: "And then?",
    before: Array.from({ length: 19 }, (_, n) => `Tell me more, ${n}`)
  },
  { name: "with a persona", text: "What do you recommend?", persona: persona.repeat(6) }
]

/** Everything but what stands between the first message and the last, and the words themselves. */
const overheadOf = (body: MessagesBody, words: string): number => {
  const last = body.messages.findLastIndex(
    (message) =>
      message.role === "user" &&
      blocksOf(message).some((block) => block.type === "text" && block.text === words)
  )
  const talk = body.messages.flatMap((message, index) =>
    index === last ? [] : blocksOf(message).map(blockTokens)
  )
  return promptTokens(body) - textTokens(words) - talk.reduce((sum, tokens) => sum + tokens, 0)
}

const measure = Effect.fnUntraced(function* (kind: Kind) {
  const planned: World.Planned = {
    label: "simple",
    ...(kind.tool === undefined ? {} : { tool: kind.tool })
  }
  const world = yield* World.make(new Map([[kind.text, planned]]), {
    settings: kind.persona === undefined ? {} : { agent: { system_prompt: kind.persona } }
  })
  for (const text of kind.before ?? []) yield* world.say(text)
  const from = (yield* world.api.calls).length
  yield* world.say(kind.text)
  const calls = (yield* world.api.calls).slice(from)
  const overheads = calls.map(({ body }) => overheadOf(body as MessagesBody, kind.text))
  return [kind.name, Math.max(...overheads)] as const
}, Effect.scoped)

export const overhead = Effect.map(Effect.forEach(kinds, measure), (measured) => ({
  /** By kind; of several calls the largest. */
  tokens: Object.fromEntries(measured),
  most: Math.max(...measured.map(([, tokens]) => tokens)),
  simple_turn: measured[0]![1]
}))
