// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of messages, over real HTTP against a strict Bot API that misbehaves on request. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { chatCommands } from "../../src/domain/ChatCommand.ts"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import { textOf } from "../../src/domain/Message.ts"
import * as FakeBotApi from "../fakes/BotApi.ts"
import { layer, makeWorld, owner, telegram, untilLogged } from "./support.ts"

const stranger = 99

/** A loop that listens, and a world that it fills. */
const start = Effect.gen(function* () {
  const bot = yield* FakeBotApi.make()
  const world = makeWorld()
  const listen = telegram(bot).listen.pipe(Effect.provide(layer(world)))
  return { bot, listen, listening: Effect.forkChild(listen), world }
})

describe("the poll loop", () => {
  it.live("stores each message once, in order, with its offset, and shows that it was seen", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      bot.userSays(owner, "one")
      bot.userSays(owner, "two")
      const loop = yield* listening
      yield* bot.waitFor(() => bot.isPolled && bot.reactions.length === 2)
      const last = bot.userSays(owner, "three")
      yield* bot.waitFor(() => bot.reactions.length === 3 && bot.unconfirmed === 0)
      assert.deepStrictEqual(world.texts(), ["one", "two", "three"])
      assert.strictEqual(world.offset, last + 1)
      assert.deepInclude(world.received[0], {
        chat: { channel: ChannelName.make("telegram"), chat: String(owner), topic: "" },
        person: PersonId.make(`telegram:${owner}`),
        updateId: String(last - 2),
        parts: [{ _tag: "Text", origin: "person", trusted: true, text: "one" }]
      })
      assert.isTrue(bot.reactions.every(({ emoji }) => emoji === "👀"))
      assert.deepStrictEqual(
        bot.commands.map(({ command }) => command),
        chatCommands.map(({ name }) => name)
      )
      yield* Fiber.interrupt(loop)
    })
  )

  it.live("asks from the stored offset on, for what it reads, with the configured time", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      bot.userSays(owner, "before")
      world.offset = bot.state.nextUpdateId
      yield* listening
      for (const [i, timeout] of [0, 50].entries()) {
        const call = yield* bot.waitForCall("getUpdates", i + 1)
        assert.deepStrictEqual(call.params, {
          offset: world.offset,
          timeout,
          allowed_updates: ["message", "my_chat_member", "edited_message", "callback_query"]
        })
      }
      yield* bot.waitFor(() => bot.isPolled)
      assert.deepStrictEqual(world.texts(), [])
    })
  )

  it.live(
    "what waited is a backlog, until a poll brings all there is; a failure begins another",
    () =>
      Effect.gen(function* () {
        const { bot, listening, world } = yield* start
        for (let i = 0; i < 100; i++) bot.userSays(owner, `old ${i}`)
        yield* listening
        yield* bot.waitFor(() => bot.isPolled)
        assert.strictEqual(world.backlog.length, 100)
        assert.deepStrictEqual(world.caughtUp, [100])
        const timeouts = bot.calls
          .filter(({ method }) => method === "getUpdates")
          .map(({ params }) => (params as { readonly timeout: number }).timeout)
        assert.deepStrictEqual(timeouts, [0, 0, 50])
        bot.userSays(owner, "new")
        yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
        assert.strictEqual(world.backlog.length, 100)
        bot.fail("getUpdates", { kind: "reset" })
        bot.userSays(owner, "before the failure")
        yield* bot.waitFor(() => bot.unconfirmed === 1 && world.texts().length === 102)
        bot.userSays(owner, "during the failure")
        yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
        assert.deepStrictEqual(
          world.backlog.slice(100).map(({ parts }) => textOf(parts)),
          ["during the failure"]
        )
        assert.deepStrictEqual(world.caughtUp, [100, 103])
      })
  )

  it.live("what an inline bot wrote is not trusted, even when it looks like a command", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      const inline = { id: 8, is_bot: true, first_name: "Inline", username: "inline_bot" }
      bot.userSays(owner, "/new", { via_bot: inline })
      yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 1)
      assert.deepStrictEqual(world.received[0]?.parts, [
        {
          _tag: "Text",
          origin: "forward",
          trusted: false,
          text: "[Written by an inline bot]\n/new"
        }
      ])
    })
  )

  it.live("what is forwarded is not trusted, and a topic is part of the chat", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      const forward_origin = { type: "hidden_user", date: 1, sender_user_name: "Ada" }
      bot.userSays(owner, "psst", { forward_origin })
      bot.userSays(owner, "here", { is_topic_message: true, message_thread_id: 5 })
      bot.userSays(owner, "reply", { message_thread_id: 6 })
      yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 3)
      assert.deepStrictEqual(world.received[0]?.parts, [
        { _tag: "Text", origin: "forward", trusted: false, text: "[Forwarded from Ada]\npsst" }
      ])
      assert.deepStrictEqual(
        world.received.map(({ chat }) => chat.topic),
        ["", "5", ""]
      )
    })
  )

  it.live("unknown people get a pairing code, and nothing of theirs is kept", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.admit = (address) =>
        address === String(stranger) ? { _tag: "Code", code: "ABCD2345" } : { _tag: "Silent" }
      bot.userSays(stranger, "let me in")
      bot.userSends(stranger, { photo: [] })
      bot.userSays(100, "me too")
      yield* listening
      yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled && bot.sent.length === 2)
      assert.match(bot.shownIn(stranger)[0] ?? "", /ABCD2345.*pairing approve ABCD2345/s)
      assert.deepStrictEqual(bot.shownIn(100), [])
      assert.deepStrictEqual(world.texts(), [])
      assert.deepStrictEqual(bot.reactions, [])
    })
  )

  it.live("people who were paired are let in as whom they are known", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.admit = () => ({ _tag: "Known", person: PersonId.make("owner") })
      bot.userSays(stranger, "hello")
      yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 1)
      assert.strictEqual(world.received[0]?.person, "owner")
    })
  )

  it.live("a pairing code that cannot be sent holds up nobody", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.admit = () => ({ _tag: "Code", code: "ABCD2345" })
      bot.fail("sendMessage", { kind: "hang" })
      bot.userSays(stranger, "let me in")
      bot.userSays(owner, "hello")
      yield* listening
      yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
      assert.deepStrictEqual(world.texts(), ["hello"])
    })
  )

  it.live("what cannot be read at all is answered with what can", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      bot.userSends(owner, { paid_media: { star_count: 1, paid_media: [] } })
      bot.userSends(owner, { something_new: {} })
      bot.userSends(owner, { pinned_message: {} })
      yield* listening
      yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
      const [paid, ...rest] = bot.shownIn(owner)
      assert.match(paid ?? "", /cannot read a paid photo or video\..*in words/)
      assert.strictEqual(rest.length, 1)
      assert.deepStrictEqual(world.texts(), [])
    })
  )

  it.live("groups, bots and unknown updates are passed over", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      const from = { id: owner, is_bot: false, first_name: "O" }
      const group = { id: -100, type: "supergroup", title: "G" }
      const frame = { message_id: 1, date: 1 }
      bot.addUpdate({ message: { ...frame, chat: group, from, text: "in a group" } })
      bot.addUpdate({ my_chat_member: {} })
      bot.addUpdate({ message: { chat: "nonsense" } })
      bot.addUpdate({ message: 7 })
      bot.userSays(owner, "beep", { from: { id: owner, is_bot: true, first_name: "B" } })
      const last = bot.userSays(owner, "hello")
      yield* listening
      yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
      assert.deepStrictEqual(world.texts(), ["hello"])
      assert.deepStrictEqual(world.skipped, [last - 5, last - 4, last - 3, last - 2, last - 1])
      assert.strictEqual(bot.count("sendMessage"), 0)
    })
  )

  it.live("a message is not passed over while the database fails", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.failingWrites = 2
      const first = bot.userSays(owner, "keep me")
      bot.userSays(owner, "and me")
      yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 2 && bot.isPolled)
      assert.deepStrictEqual(world.texts(), ["keep me", "and me"])
      assert.deepStrictEqual(world.skipped, [])
      assert.strictEqual(world.received[0]?.updateId, String(first))
    })
  )

  it.live("an album keeps the pictures before its words when a write fails", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.admit = () => ({ _tag: "Known", person: PersonId.make("telegram:4711") })
      yield* listening
      const group = -100_500
      const member = (name: string) => ({
        media_group_id: "album",
        photo: [{ file_id: name, file_unique_id: name, width: 10, height: 10 }]
      })
      bot.groupSends(group, owner, member("one"))
      yield* bot.waitFor(() => world.skipped.length === 1)
      world.failingWrites = 1
      bot.groupSends(group, owner, {
        ...member("two"),
        caption: "@blufio_bot which?",
        caption_entities: [{ type: "mention", offset: 0, length: 11 }]
      })
      yield* bot.waitFor(() => world.received.length === 2)
      const files = world.received.flatMap(({ parts }) =>
        parts.flatMap((part) => (part._tag === "Attachment" ? [part.unique] : []))
      )
      assert.deepStrictEqual(files, ["one", "two"])
    })
  )

  it.live("an update that comes again is not stored or marked again", () =>
    Effect.gen(function* () {
      const { bot, listen, world } = yield* start
      bot.userSays(owner, "once")
      const again = [...bot.state.updates]
      const first = yield* Effect.forkChild(listen)
      yield* bot.waitFor(() => bot.reactions.length === 1)
      yield* Fiber.interrupt(first)
      world.offset = 0
      bot.state.updates = again
      bot.userSays(owner, "twice")
      yield* Effect.forkChild(listen)
      yield* bot.waitFor(() => bot.reactions.some(({ messageId }) => messageId === 2))
      assert.deepStrictEqual(world.texts(), ["once", "twice"])
      assert.strictEqual(bot.reactions.length, 2)
    })
  )

  it.live("a fault of ours in one message is told to the person and stops nothing", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      world.onReceive = ({ parts: [part] }) => {
        if (part._tag === "Text" && part.text === "poison") assert.fail("a bug")
      }
      bot.userSays(owner, "poison")
      bot.userSays(owner, "fine")
      yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 1 && bot.isPolled)
      assert.deepStrictEqual(world.texts(), ["fine"])
      assert.match(bot.shownIn(owner)[0] ?? "", /send it again/)
    })
  )

  it.live("recovers from every way in which a poll can break", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      const faults: ReadonlyArray<FakeBotApi.Fault> = [
        { kind: "html", status: 502 },
        { kind: "truncated" },
        { kind: "lost" },
        { kind: "reset" },
        { kind: "rate-limit", retryAfter: 1 }
      ]
      for (const fault of faults) bot.fail("getUpdates", fault)
      bot.userSays(owner, "still there?")
      const loop = yield* listening
      yield* bot.waitFor(() => bot.reactions.length === 1 && bot.unconfirmed === 0)
      yield* bot.goDown
      bot.userSays(owner, "and now?")
      yield* bot.goUp
      yield* bot.waitFor(() => bot.reactions.length === 2 && bot.unconfirmed === 0)
      assert.deepStrictEqual(world.texts(), ["still there?", "and now?"])
      assert.isUndefined(loop.pollUnsafe())
    })
  )

  it.effect(
    "a poll that hangs, and one that is half open, is given up after its time and ten seconds",
    () =>
      Effect.gen(function* () {
        const { bot, listening, world } = yield* start
        yield* listening
        yield* bot.waitFor(() => bot.isPolled)
        bot.fail("getUpdates", { kind: "hang" })
        bot.fail("getUpdates", { kind: "half-open" })
        bot.userSays(owner, "one")
        yield* bot.waitForCall("getUpdates", 3)
        bot.userSays(owner, "awake?")
        for (const [i, seconds] of [60, 10].entries()) {
          yield* bot.waitForCall("getUpdates", i + 3)
          yield* TestClock.adjust(Duration.seconds(seconds - 1))
          assert.strictEqual(bot.abandoned("getUpdates"), i)
          yield* TestClock.adjust("1 second")
          yield* bot.waitFor(() => bot.abandoned("getUpdates") === i + 1)
          yield* TestClock.adjust("250 millis")
        }
        yield* bot.waitFor(() => bot.reactions.length === 2)
        assert.deepStrictEqual(world.texts(), ["one", "awake?"])
        assert.isTrue(world.log.some((entry) => entry.includes("no answer within 60 s")))
      })
  )

  it.effect("two pollers: the older one is told so, and hears again when the other is gone", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      yield* listening
      yield* bot.waitFor(() => bot.isPolled)
      const rival = makeWorld()
      const other = yield* Effect.forkChild(telegram(bot).listen.pipe(Effect.provide(layer(rival))))
      yield* bot.waitForCall("getUpdates", 4)
      yield* Fiber.interrupt(other)
      bot.userSays(owner, "who hears me?")
      const advance = Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow))
      yield* Effect.raceFirst(
        advance,
        bot.waitFor(() => bot.reactions.length === 1)
      )
      assert.deepStrictEqual([...world.texts(), ...rival.texts()], ["who hears me?"])
      assert.isTrue(
        world.log.some((entry) =>
          /another process polls with the same token.*stop the other/.test(entry)
        )
      )
    })
  )

  it.live("a wrong token is told apart and told with the next step", () =>
    Effect.gen(function* () {
      const bot = yield* FakeBotApi.make()
      const world = makeWorld()
      const wrong = "654321:another-token-of-the-right-shape"
      yield* Effect.forkChild(telegram(bot, wrong).listen.pipe(Effect.provide(layer(world))))
      yield* untilLogged(
        world,
        /token is refused \(401\).*store it \(blufio secret set TELEGRAM_BOT_TOKEN\)/
      )
      for (const entry of world.log) assert.notInclude(entry, "another-token")
    })
  )

  it.live("a webhook in the way is named, with how to remove it", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      bot.setWebhook("https://user:pass@hooks.example.org:8443/secret-path?key=secret-key")
      bot.fail("getWebhookInfo", { kind: "html", status: 502 })
      yield* listening
      yield* untilLogged(world, /a webhook is set for this bot \(409\).*deleteWebhook/)
      yield* untilLogged(
        world,
        /a webhook of hooks\.example\.org is set for this bot \(409\).*deleteWebhook/
      )
      assert.notMatch(world.log.join("\n"), /secret|user:|pass@/)
    })
  )

  it.live("stops at once when it is interrupted in a poll", () =>
    Effect.gen(function* () {
      const { bot, listening } = yield* start
      const loop = yield* listening
      yield* bot.waitFor(() => bot.isPolled)
      yield* Fiber.interrupt(loop)
      yield* bot.waitFor(() => !bot.isPolled)
    })
  )

  it.live("more messages than one answer holds are all stored, in order", () =>
    Effect.gen(function* () {
      const { bot, listening, world } = yield* start
      yield* listening
      const texts = Array.from({ length: 130 }, (_, i) => `message ${i}`)
      for (const text of texts) bot.userSays(owner, text)
      yield* bot.waitFor(() => bot.unconfirmed === 0 && bot.isPolled)
      assert.deepStrictEqual(world.texts(), texts)
    })
  )
})
