// SPDX-License-Identifier: MIT OR Apache-2.0
/** Long code arrives as documents, whole and once, whatever Telegram says to that. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Fault, SentMessage } from "../fakes/BotApi.ts"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, person } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside>()("blufio/test/serve/documents.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* serve({ home: outside.home })
      return World.of(outside)
    })
  )
}

const linesOf = (count: number, name: string) =>
  Array.from({ length: count }, (_, i) => `  ${name}_${i} = "<${i}>" & '🦊' # *no* markup`)
const code = ["def all():", ...linesOf(499, "value")].join("\n")
const markdown = `Here **it** is:\n\n\`\`\`python\n${code}\n\`\`\`\n\nRun it with \`python3\`.`
const around = "Here it is:\n\n📎 code.py, 500 lines\n\nRun it with python3."

const contentOf = ({ file }: SentMessage) => file?.bytes.toString()

/** Asks for the code, and answers with the messages that the chat shows because of it. */
const askForCode = Effect.gen(function* () {
  const { anthropic, home, telegram } = yield* World
  const before = telegram.sent.length
  const grown = Effect.sleep("20 millis").pipe(
    Effect.repeat({ until: () => telegram.sent.length > before + 1 })
  )
  yield* anthropic.enqueue({ ...text(markdown), atHalf: Effect.asVoid(grown) })
  yield* ask(home, telegram, "Write it, please")
  return telegram.sent
    .slice(before)
    .filter(({ chatId, isDeleted }) => chatId === String(person) && !isDeleted)
})

const rejoined = (messages: ReadonlyArray<SentMessage>) =>
  messages.map((message) => message.text).join("\n")

layer(World.layer, { excludeTestServices: true })("a reply with 500 lines of code", (it) => {
  it.effect("is text, a line that names the document, and the document, to the letter", () =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      const [words, document, ...others] = yield* askForCode
      assert.lengthOf(others, 0)
      assert.strictEqual(words!.text, around)
      assert.isAbove(words!.edits, 0)
      assert.isTrue(words!.versions.some((version) => version.text.includes("value_0")))
      assert.strictEqual(document!.file?.name, "code.py")
      assert.strictEqual(document!.file?.method, "sendDocument")
      assert.strictEqual(contentOf(document!), `${code}\n`)
      assert.isAbove(telegram.count("deleteMessage"), 0)
      for (const { method, params } of telegram.calls)
        if (method === "sendMessage" || method === "editMessageText")
          assert.deepInclude(params, { link_preview_options: { is_disabled: true } })
    })
  )

  it.effect.each([
    ["refused", { kind: "refuse", code: 400, description: "Bad Request: DOCUMENT_INVALID" }],
    ["found too large", { kind: "refuse", code: 413, description: "Request Entity Too Large" }]
  ] as const)("is text in the document's place where that is %s, in order", ([, fault]) =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      telegram.fail("sendDocument", fault)
      const [words, ...pieces] = yield* askForCode
      assert.strictEqual(words!.text, around)
      assert.isAbove(pieces.length, 3)
      assert.isTrue(pieces.every(({ file }) => file === undefined))
      const trimmed = (all: string) => all.split("\n").map((line) => line.trim())
      assert.deepEqual(trimmed(rejoined(pieces)), trimmed(code))
      assert.isTrue(pieces.every(({ versions }) => versions[0]!.html?.includes("language-python")))
    })
  )

  it.effect.each<readonly [string, Fault, number]>([
    ["a 502 page", { kind: "html", status: 502 }, 2],
    ["a cut connection", { kind: "reset" }, 1],
    ["a 429", { kind: "rate-limit", retryAfter: 1 }, 1]
  ])("is sent again after %s, and arrives once", ([, fault, times]) =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      telegram.fail("sendDocument", fault, times)
      const [words, document, ...others] = yield* askForCode
      assert.strictEqual(words!.text, around)
      assert.strictEqual(contentOf(document!), `${code}\n`)
      assert.lengthOf(others, 0)
    })
  )

  it.effect("costs a doubled document at most when the answer is lost", () =>
    Effect.gen(function* () {
      const { telegram } = yield* World
      telegram.fail("sendDocument", { kind: "lost" })
      const [words, ...documents] = yield* askForCode
      assert.strictEqual(words!.text, around)
      assert.isAtMost(documents.length, 2)
      for (const one of documents) assert.strictEqual(contentOf(one), `${code}\n`)
    })
  )
})
