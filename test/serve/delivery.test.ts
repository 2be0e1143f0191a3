// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whatever Telegram does: the reply arrives once and complete, or is given up aloud. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Fault, refuseMarkup } from "../fakes/BotApi.ts"
import { text } from "../fakes/MessagesApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, person, rowsOf } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<World, Outside>()("blufio/test/serve/delivery.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain(() => text("All is **well**."))
      yield* serve({ home: outside.home })
      return World.of(outside)
    })
  )
}

const unknown: Fault = {
  kind: "refuse",
  code: 400,
  description: 'Bad Request: the moon is full "secret" at 7'
}
const reset: Fault = { kind: "reset" }

layer(World.layer, { excludeTestServices: true })("when Telegram fails", (it) => {
  it.effect.each([
    ["a 502 page", { kind: "html", status: 502 }],
    ["a reset", reset]
  ] as const)("%s at a send is tried again", ([, fault]) =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", fault, 2)
      const shown = yield* ask(home, telegram, "Hello!")
      assert.deepEqual(shown, ["All is well."])
    })
  )

  it.effect.each([0, 150])(
    "429 at a send is honoured by the growing and the whole reply (%d ms)",
    (pause) =>
      Effect.gen(function* () {
        const { anthropic, home, telegram } = yield* World
        yield* anthropic.enqueue({ ...text("All is **well**."), eventDelayMillis: pause })
        const before = telegram.count("sendMessage")
        telegram.fail("sendMessage", { kind: "rate-limit", retryAfter: 1 })
        const shown = yield* ask(home, telegram, "Hello!")
        assert.deepEqual(shown, ["All is well."])
        const sends = telegram.calls.filter((call) => call.method === "sendMessage").slice(before)
        assert.lengthOf(sends, 2)
        assert.isAtLeast(sends[1]!.at - sends[0]!.at, 990)
      })
  )

  it.effect("markup that is refused is sent as plain text", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", refuseMarkup, 1)
      telegram.fail("editMessageText", refuseMarkup, 1)
      const shown = yield* ask(home, telegram, "Hello!")
      assert.lengthOf(shown, 1)
      assert.match(shown[0]!, /^All is \**well\**\.$/)
      telegram.heal("editMessageText")
    })
  )

  it.effect("what is refused for a reason we do not know is sent as plain text", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", unknown)
      assert.deepEqual(yield* ask(home, telegram, "Hello!"), ["All is well."])
      assert.deepEqual(telegram.sent.at(-1)!.versions.at(-1)!.html, undefined)
    })
  )

  it.effect("half a reply does not stay above the whole one", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      const before = telegram.sent.length
      yield* anthropic.enqueue({
        ...text("One, two, three, four, five, six."),
        atHalf: Effect.asVoid(telegram.waitFor(() => telegram.sent.length > before))
      })
      telegram.fail("editMessageText", unknown, 8)
      assert.deepEqual(yield* ask(home, telegram, "Count!"), ["One, two, three, four, five, six."])
      telegram.heal("editMessageText")
    })
  )

  it.effect("a reply does not begin to grow before what was said earlier is there", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      yield* anthropic.enqueue({ ...text("First. Second. Third."), eventDelayMillis: 80 })
      const before = telegram.shownIn(person).length
      const sends = telegram.count("sendMessage")
      telegram.fail("sendMessage", { kind: "html", status: 502 })
      telegram.userSays(person, "/whoami")
      yield* telegram.waitForCall("sendMessage", sends + 1)
      telegram.userSays(person, "Hello!")
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("First. Second. Third."))
      yield* atRest(home)
      const [first, second, ...others] = telegram.shownIn(person).slice(before)
      assert.match(first!, /^You are /)
      assert.strictEqual(second, "First. Second. Third.")
      assert.deepEqual(others, [])
    })
  )

  it.effect("a growing reply that the person deletes is sent anew", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      yield* anthropic.enqueue({ ...text("First. Second. Third."), eventDelayMillis: 300 })
      telegram.userSays(person, "Hello!")
      const growing = yield* telegram.waitFor(() =>
        telegram.sent.find((message) => message.text.startsWith("First"))
      )
      telegram.deleteMessage(person, growing.messageId)
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("First. Second. Third."))
      yield* atRest(home)
      const shown = telegram.shownIn(person).filter((one) => one.startsWith("First"))
      assert.deepEqual(shown, ["First. Second. Third."])
    })
  )

  it.effect("an answer that is lost costs a doubled message at most, never the reply", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", { kind: "lost" }, 1)
      const shown = yield* ask(home, telegram, "Hello!")
      assert.include(shown, "All is well.")
      assert.isAtMost(shown.length, 2)
    })
  )

  it.effect("a person who blocked the bot costs one attempt, and nobody else anything", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      const [, other, third] = Fakes.users
      telegram.userSays(other!, "/whoami")
      yield* telegram.waitFor(() => telegram.shownIn(other!).length === 1)
      telegram.block(other!)
      assert.deepEqual(yield* ask(home, telegram, "Hello!", other), [])
      const given = rowsOf(home, `SELECT state, attempts FROM outbox WHERE state = 'failed'`)
      assert.deepEqual(given, [{ state: "failed", attempts: 1 }])
      assert.deepEqual(yield* ask(home, telegram, "Hello!", third), ["All is well."])
      telegram.unblock(other!)
      assert.deepEqual(yield* ask(home, telegram, "Hello!", other), ["All is well."])
    })
  )

  it.effect("30,000 characters arrive complete, over several messages with whole fences", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* World
      const code = Array.from(
        { length: 400 },
        (_, line) => `const value${line} = ${line} // a fox: 🦊`
      )
      const prose = Array.from({ length: 150 }, (_, line) => `Line ${line} of a *long* story é🦊.`)
      // Each is short enough to be read in the chat.
      const blocks = Array.from({ length: 8 }, (_, block) =>
        ["", "```ts", ...code.slice(block * 50, block * 50 + 50), "```"].join("\n")
      )
      const half = [...prose, ...blocks].join("\n")
      const markdown = `${half}\n\n${half}`
      assert.isAbove(markdown.length, 30_000)
      const tool = { type: "tool_use", name: "calculate", json: `{"expression":"1"}` } as const
      yield* anthropic.enqueue({ blocks: [...text(half).blocks, tool] }, text(half))
      const before = telegram.sent.length
      const shown = yield* ask(home, telegram, "Everything, please")
      assert.isAtLeast(shown.length, 8)
      for (const one of shown) assert.isAtMost(one.length, 4096)
      for (const message of telegram.sent.slice(before)) {
        const html = message.versions.at(-1)!.html ?? ""
        assert.strictEqual(
          html.split("<pre>").length,
          html.split("</pre>").length,
          "a fence is cut"
        )
      }
      const said = shown.join("\n")
      const linesOf = (words: string) =>
        words
          .split("\n")
          .map((line) => line.trim())
          .filter(Boolean)
      const expected = linesOf(markdown.replaceAll("*long*", "long")).filter(
        (line) => !line.startsWith("```")
      )
      assert.deepEqual(linesOf(said), expected)
    })
  )

  it.effect("what is refused in every form is told of in its place", () =>
    Effect.gen(function* () {
      const { home, telegram } = yield* World
      telegram.fail("sendMessage", unknown, 2)
      assert.deepEqual(yield* ask(home, telegram, "/whoami"), [
        "⚠️ telegram did not take what I wrote here (refused as a bad request (400, the moon is full)). Ask me to say it in another way."
      ])
      telegram.fail("sendMessage", unknown, 4)
      assert.deepEqual(yield* ask(home, telegram, "/whoami"), [], "nothing at all is taken")
      assert.match((yield* ask(home, telegram, "/whoami")).join(), /^You are /)
    })
  )
})
