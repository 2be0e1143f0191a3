// SPDX-License-Identifier: MIT OR Apache-2.0
/** Sending, editing and typing against a strict Bot API over real HTTP. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Formatter from "effect/Formatter"
import * as TestClock from "effect/testing/TestClock"
import { type Chat, ChannelName } from "../../src/domain/Ids.ts"
import type { ChannelError, Rendered } from "../../src/services/Channel.ts"
import * as FakeBotApi from "../fakes/BotApi.ts"
import { layer, makeWorld, telegram } from "./support.ts"

const chat: Chat = { channel: ChannelName.make("telegram"), chat: "7", topic: "" }
const hello: Rendered = { body: "<b>hello</b>", plain: "hello" }
const changed = { body: "changed", plain: "changed" }

const start = Effect.gen(function* () {
  const bot = yield* FakeBotApi.make()
  bot.knowChat(7)
  const { channel } = telegram(bot)
  const send = (rendered: Rendered, to = chat) =>
    channel.send({ chat: to, rendered, outboxId: 1, inReplyTo: [], final: true })
  const edit = (messageId: string, rendered: Rendered) =>
    channel.edit({ chat, messageId, rendered, final: true })
  return { bot, channel, edit, send }
})

const reasonOf = <A>(effect: Effect.Effect<A, ChannelError>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

describe("TelegramChannel", () => {
  it.effect("sends HTML without link previews and edits it in place", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      yield* edit(id, { body: "<i>hello</i> world", plain: "hello world" })
      assert.deepStrictEqual(bot.shownIn(7), ["hello world"])
      assert.deepStrictEqual(
        bot.sent[0]?.versions.map(({ html }) => html),
        ["<b>hello</b>", "<i>hello</i> world"]
      )
      for (const { params } of bot.calls) {
        assert.deepInclude(params, { link_preview_options: { is_disabled: true } })
      }
    })
  )

  it.effect("falls back to plain text when the markup is refused", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send({ body: "<b>open", plain: "open" })
      assert.deepStrictEqual(bot.shownIn(7), ["open"])
      yield* edit(id, { body: "<x>y</x>", plain: "y" })
      assert.deepStrictEqual(bot.shownIn(7), ["y"])
      bot.fail("sendMessage", FakeBotApi.refuseMarkup)
      yield* send(hello)
      assert.strictEqual(bot.sent[1]?.versions[0]?.html, undefined)
    })
  )

  it.effect("an edit that changes nothing succeeds", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      yield* edit(id, hello)
      assert.strictEqual(bot.sent[0]?.edits, 0)
    })
  )

  it.effect("buttons stand below a message until an edit brings none", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const choices = [
        { label: "Yes", answer: "yes" },
        { label: "No", answer: "no" }
      ]
      const id = yield* send({ ...hello, choices })
      assert.deepStrictEqual(bot.sent[0]?.buttons, ["Yes", "No"])
      yield* edit(id, { ...hello, choices })
      assert.strictEqual(bot.count("editMessageText"), 0)
      yield* edit(id, hello)
      assert.deepStrictEqual(bot.sent[0]?.buttons, [])
      assert.strictEqual(bot.state.editsInVain, 0)
    })
  )

  it.effect("an edit whose answer was lost succeeds when it is tried again", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      const later = { body: "later", plain: "later" }
      bot.fail("editMessageText", { kind: "lost" })
      assert.strictEqual((yield* reasonOf(edit(id, later)))._tag, "Unreachable")
      yield* edit(id, later)
      assert.strictEqual(bot.sent[0]?.edits, 1)
    })
  )

  it.effect("a message that is gone is reported as gone", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      bot.deleteMessage(7, Number(id))
      assert.strictEqual((yield* reasonOf(edit(id, changed)))._tag, "MessageGone")
    })
  )

  it.effect("an edit refused for a reason we do not know asks for a new message", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      const refused = { kind: "refuse", code: 400, description: "Bad Request: BUSINESS" } as const
      bot.fail("editMessageText", refused, 2)
      assert.strictEqual((yield* reasonOf(edit(id, changed)))._tag, "MessageGone")
      bot.fail("sendMessage", refused, 2)
      assert.deepInclude(yield* reasonOf(send(hello)), { _tag: "Rejected", isForText: true })
      const rights = { ...refused, description: "Bad Request: not enough rights to send text" }
      bot.fail("sendMessage", rights)
      const reason = yield* reasonOf(send(hello))
      assert.deepInclude(reason, {
        _tag: "Rejected",
        detail: "refused as a bad request (400, not enough rights to send text)"
      })
      assert.notProperty(reason, "isForText")
      bot.block(7)
      assert.strictEqual((yield* reasonOf(edit(id, changed)))._tag, "Gone")
    })
  )

  it.effect("where the bot is blocked nothing more is tried", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      bot.block(7)
      assert.strictEqual((yield* reasonOf(send(hello)))._tag, "Gone")
      assert.strictEqual((yield* reasonOf(send(hello)))._tag, "Gone")
      assert.strictEqual(bot.count("sendMessage"), 1)
    })
  )

  it.effect("goes on in the supergroup that a group became, and sends anew what it had begun", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      bot.migrate(7, -1_000_000_000_007, 1, [])
      assert.strictEqual((yield* reasonOf(edit(id, changed)))._tag, "MessageGone")
      yield* send(hello)
      const moved = yield* send(hello)
      yield* edit(moved, { body: "new", plain: "new" })
      assert.deepStrictEqual(bot.shownIn(-1_000_000_000_007), ["hello", "new"])
      assert.strictEqual(bot.count("sendMessage"), 4, "the old id is tried once")
    })
  )

  it.effect("tells what failed, a sending or an edit", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      bot.fail("sendMessage", { kind: "reset" })
      assert.strictEqual((yield* Effect.flip(send(hello))).operation, "send")
      bot.fail("editMessageText", { kind: "rate-limit", retryAfter: 1 })
      assert.strictEqual((yield* Effect.flip(edit(id, changed))).operation, "edit")
      assert.strictEqual((yield* Effect.flip(send(hello))).operation, "send")
    })
  )

  it.effect("names each refusal", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      bot.fail("sendMessage", { kind: "rate-limit", retryAfter: 7 })
      assert.deepInclude(yield* reasonOf(send(hello)), {
        _tag: "RateLimited",
        retryAfterMillis: 7000
      })
      yield* TestClock.adjust("3 seconds")
      assert.deepInclude(yield* reasonOf(send(hello)), {
        _tag: "RateLimited",
        retryAfterMillis: 4000
      })
      assert.strictEqual(bot.count("sendMessage"), 1, "nothing is sent in between")
      yield* TestClock.adjust("4 seconds")
      const elsewhere = send(hello, { ...chat, chat: "8" })
      assert.strictEqual((yield* reasonOf(elsewhere))._tag, "Rejected")
      const long = "x".repeat(4097)
      assert.strictEqual((yield* reasonOf(send({ body: long, plain: long })))._tag, "Rejected")
    })
  )

  it.effect("waits an hour at most, whatever it is told", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      bot.fail("sendMessage", { kind: "rate-limit", retryAfter: 1_000_000_000 })
      assert.deepInclude(yield* reasonOf(send(hello)), {
        _tag: "RateLimited",
        retryAfterMillis: 3_600_000
      })
      yield* TestClock.adjust("1 hour")
      yield* send(hello)
    })
  )

  it.effect("whatever breaks on the way is worth another try", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      const faults: ReadonlyArray<FakeBotApi.Fault> = [
        { kind: "html", status: 502 },
        { kind: "html", status: 500 },
        { kind: "reset" },
        { kind: "truncated" },
        { kind: "lost" },
        FakeBotApi.unauthorized
      ]
      for (const fault of faults) {
        bot.fail("sendMessage", fault)
        assert.strictEqual((yield* reasonOf(send(hello)))._tag, "Unreachable", fault.kind)
      }
      yield* bot.goDown
      assert.strictEqual((yield* reasonOf(send(hello)))._tag, "Unreachable")
      yield* bot.goUp
      yield* send(hello)
    })
  )

  it.effect("what is refused for good is not tried for a day", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      const refusal = {
        kind: "refuse",
        code: 413,
        description: "Request Entity Too Large"
      } as const
      // In neither form.
      bot.fail("sendMessage", refusal)
      bot.fail("sendMessage", refusal)
      assert.deepInclude(yield* reasonOf(send(hello)), {
        _tag: "Rejected",
        detail: "refused as a bad request (413, other)",
        isForText: true
      })
    })
  )

  it.effect("gives up a call that has no answer after 5 seconds, and a half-open one too", () =>
    Effect.gen(function* () {
      const { bot, edit, send } = yield* start
      const id = yield* send(hello)
      const calls = [
        { method: "sendMessage", kind: "hang", call: Effect.asVoid(send(hello)), n: 2 },
        { method: "sendMessage", kind: "half-open", call: Effect.asVoid(send(hello)), n: 3 },
        { method: "editMessageText", kind: "hang", call: edit(id, changed), n: 1 },
        { method: "editMessageText", kind: "half-open", call: edit(id, changed), n: 2 }
      ] as const
      for (const { call, kind, method, n } of calls) {
        const abandoned = bot.abandoned(method)
        bot.fail(method, { kind })
        const calling = yield* Effect.forkChild(reasonOf(call))
        yield* bot.waitForCall(method, n)
        yield* TestClock.adjust("4 seconds")
        assert.isUndefined(calling.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(calling))._tag, "Unreachable")
        yield* bot.waitFor(() => bot.abandoned(method) === abandoned + 1)
      }
    })
  )

  it.effect("interruption closes the connection", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      bot.fail("sendMessage", { kind: "hang" })
      const sending = yield* Effect.forkChild(send(hello))
      yield* bot.waitForCall("sendMessage")
      yield* Fiber.interrupt(sending)
      yield* bot.waitFor(() => bot.abandoned("sendMessage") === 1)
    })
  )

  it.effect("writes into the topic, and into the chat when the topic is gone", () =>
    Effect.gen(function* () {
      const { bot, send } = yield* start
      yield* send(hello, { ...chat, topic: "42" })
      assert.strictEqual(bot.sent[0]?.topicId, 42)
      bot.fail("sendMessage", {
        kind: "refuse",
        code: 400,
        description: "Bad Request: message thread not found"
      })
      yield* send(hello, { ...chat, topic: "42" })
      assert.strictEqual(bot.sent[1]?.topicId, undefined)
    })
  )

  it.effect("typing is shown, never fails and always ends", () =>
    Effect.gen(function* () {
      const { bot, channel } = yield* start
      yield* channel.typing(chat)
      assert.strictEqual(bot.actions[0]?.action, "typing")
      bot.fail("sendChatAction", { kind: "html", status: 502 })
      yield* channel.typing(chat)
      bot.fail("sendChatAction", { kind: "hang" })
      const typing = yield* Effect.forkChild(channel.typing(chat))
      yield* bot.waitForCall("sendChatAction", 3)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(typing)
    })
  )

  it.effect("no error or log shows the token", () => {
    const world = makeWorld()
    return Effect.gen(function* () {
      const { bot, channel, send } = yield* start
      const secret = bot.token.split(":")[1]!
      const texts: Array<string> = []
      const note = Effect.flip(send(hello)).pipe(
        Effect.tap((error) => Effect.logError("failed", error)),
        Effect.map((error) =>
          texts.push(error.message, String(error.stack), Formatter.format(error))
        )
      )
      for (const kind of ["reset", "truncated", "lost"] as const) {
        bot.fail("sendMessage", { kind })
        yield* note
      }
      yield* bot.goDown
      yield* note
      yield* channel.typing(chat)
      assert.isAtLeast(world.log.length, 5)
      for (const text of [...texts, ...world.log]) assert.notInclude(text, secret)
    }).pipe(Effect.provide(layer(world)))
  })
})
