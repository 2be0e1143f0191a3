// SPDX-License-Identifier: MIT OR Apache-2.0
/** Delivery over a store and a channel that take their time. */
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { type Chat, ChannelName, chatKey, SessionId } from "../../src/domain/Ids.ts"
import {
  type Channel,
  ChannelError,
  Channels,
  FileRefused,
  MessageGone,
  RateLimited,
  Rejected,
  type Rendered,
  Unreachable
} from "../../src/services/Channel.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { FileUnfit, OutgoingFiles } from "../../src/services/OutgoingFiles.ts"
import { type OutboxRow, OutboxStore } from "../../src/services/OutboxStore.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import { Redactor } from "../../src/services/Redactor.ts"

const channel = ChannelName.make("fake")
const session = SessionId.make("session")
const chatOf = (chat: string): Chat => ({ channel, chat, topic: "" })

type Stored = { -readonly [K in keyof OutboxRow]: OutboxRow[K] } & { state: string }

/** Rows in memory; every answer comes late, so that others can get in between. */
const makeStore = () => {
  const rows: Array<Stored> = []
  const late = <A>(value: () => A) => Effect.tap(Effect.sync(value), () => Effect.yieldNow)
  const find = (id: number) => rows[id - 1]!
  const store = OutboxStore.of({
    growing: () => Effect.succeed([]),
    grow: () => Effect.die("unexpected"),
    asking: () => Effect.succeedNone,
    settle: () => Effect.die("unexpected"),
    setMessageId: () => Effect.die("unexpected"),
    enqueue: ({ chat, inReplyTo }, _, rendered) =>
      late(() => {
        for (const [part, one] of rendered.entries())
          rows.push({
            ...chat,
            id: rows.length + 1,
            session,
            part,
            rendered: one,
            inReplyTo,
            messageId: null,
            attempts: 0,
            notBefore: 0,
            state: "pending"
          })
      }),
    next: (chat) =>
      late(() => {
        const found = rows.find(
          (row) => chatKey(row) === chatKey(chat) && /pending|sending/.test(row.state)
        )
        return Option.fromUndefinedOr(found && { ...found })
      }).pipe(Effect.tap(() => Effect.repeat(Effect.yieldNow, { times: 3 }))),
    sending: (id) =>
      late(() => Object.assign(find(id), { state: "sending", attempts: find(id).attempts + 1 })),
    sent: (id, messageId) => late(() => Object.assign(find(id), { state: "sent", messageId })),
    failed: (id) => late(() => Object.assign(find(id), { state: "failed" })),
    enqueueOnce: () => Effect.die("unexpected"),
    replace: (id, rendered) =>
      late(() =>
        Object.assign(find(id), { state: "pending", rendered, messageId: null, attempts: 0 })
      ),
    again: (id, notBefore, messageId) =>
      late(() => Object.assign(find(id), { state: "pending", notBefore, messageId })),
    chatsWithWork: () => late(() => rows.filter((row) => row.state !== "sent")),
    depth: Effect.sync(() => rows.filter((row) => row.state !== "sent").length)
  })
  return { rows, store }
}

/** "file" is a document, or else the two texts that it holds. */
const renderedOf = (body: string): Rendered =>
  body === "file"
    ? {
        body,
        plain: body,
        asFile: { _tag: "Written", name: "code.ts", content: "file file+" },
        more: [{ body: "file+", plain: "file+" }]
      }
    : { body, plain: body }

/** Sends into memory; `faults` come first, one a send. */
const makeChannel = (
  faults: Array<ChannelError["reason"]>,
  fileFaults: Array<ChannelError["reason"]>
) => {
  const sent: Array<{ readonly chat: string; readonly text: string }> = []
  const fake: Channel = {
    name: channel,
    streams: false,
    editIntervalMillis: 0,
    render: (markdown) => markdown.split("|").map(renderedOf),
    sendFile: ({ chat, file }) =>
      Effect.suspend(() => {
        const reason = fileFaults.shift()
        if (reason !== undefined)
          return Effect.fail(new ChannelError({ channel, operation: "sendFile", reason }))
        sent.push({
          chat: chat.chat,
          text: `${file.name}: ${new TextDecoder().decode(file.bytes)}`
        })
        return Effect.as(Effect.yieldNow, String(sent.length))
      }),
    send: ({ chat, rendered }) =>
      Effect.suspend(() => {
        const reason = faults.shift()
        if (reason !== undefined)
          return Effect.fail(new ChannelError({ channel, operation: "send", reason }))
        sent.push({ chat: chat.chat, text: rendered.body })
        return Effect.as(Effect.yieldNow, String(sent.length))
      }),
    edit: () => Effect.die("unexpected"),
    typing: () => Effect.void
  }
  return { fake, sent }
}

const start = Effect.fnUntraced(function* (
  faults: Array<ChannelError["reason"]> = [],
  fileFaults: Array<ChannelError["reason"]> = []
) {
  const { rows, store } = makeStore()
  const { fake, sent } = makeChannel(faults, fileFaults)
  const ports = Layer.mergeAll(
    Layer.succeed(OutboxStore, store),
    Layer.succeed(
      OutgoingFiles,
      OutgoingFiles.of({ use: () => new FileUnfit({ detail: "There is no file." }) })
    ),
    Layer.succeed(Channels, Channels.fromList([fake])),
    Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer))
  )
  const context = yield* Layer.build(Outbox.layer.pipe(Layer.provide(ports)))
  const outbox = yield* Effect.provide(Outbox, context)
  const say = (chat: string, text: string) =>
    outbox
      .enqueue({ session, turn: null, chat: chatOf(chat), inReplyTo: [] }, text)
      .pipe(Effect.andThen(outbox.wake(chatOf(chat))))
  return { outbox, rows, say, sent }
})

const Saying = Schema.Struct({
  chat: Schema.Literals(["a", "b"]),
  pause: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))
})

const anEternity = "2 days"

/** Moves the clock when everything that can go on without it has. */
const adjust = (by: Duration.Input) =>
  Effect.repeat(Effect.yieldNow, { times: 100 }).pipe(
    Effect.andThen(TestClock.adjust(by)),
    Effect.andThen(Effect.repeat(Effect.yieldNow, { times: 100 }))
  )

describe("Outbox", () => {
  it.effect.prop(
    "delivers all that was queued, in order chat by chat, whenever it is woken",
    [Schema.Array(Saying)],
    ([sayings]) =>
      Effect.gen(function* () {
        const { outbox, say, sent } = yield* start()
        for (const [index, { chat, pause }] of sayings.entries()) {
          yield* Effect.repeat(Effect.yieldNow, { times: pause })
          yield* say(chat, `${index}|${index}+`)
        }
        yield* outbox.drained
        for (const chat of ["a", "b"]) {
          const expected = [...sayings.entries()].flatMap(([index, one]) =>
            one.chat === chat ? [`${index}`, `${index}+`] : []
          )
          const got = sent.filter((one) => one.chat === chat).map(({ text }) => text)
          assert.deepEqual(got, expected)
        }
      }).pipe(Effect.scoped)
  )

  it.effect("waits as long as it is told to, and keeps the order meanwhile", () =>
    Effect.gen(function* () {
      const { outbox, say, sent } = yield* start([new RateLimited({ retryAfterMillis: 7000 })])
      yield* say("a", "one")
      yield* say("a", "two")
      yield* say("b", "other")
      yield* adjust("6900 millis")
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["other"]
      )
      yield* adjust("200 millis")
      yield* outbox.drained
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["other", "one", "two"]
      )
    })
  )

  it.effect("waits for nothing that was stored before the clock was set back", () =>
    Effect.gen(function* () {
      const { outbox, rows, sent } = yield* start()
      yield* outbox.enqueue({ session, turn: null, chat: chatOf("a"), inReplyTo: [] }, "one")
      Object.assign(rows[0]!, { notBefore: 3 * 3_600_000 })
      yield* outbox.wake(chatOf("a"))
      yield* adjust(0)
      assert.lengthOf(sent, 1)
    })
  )

  it.effect("tries again what could not be reached, with growing pauses, and gives up aloud", () =>
    Effect.gen(function* () {
      const faults = Array.from({ length: 10_000 }, () => new Unreachable({ detail: "down" }))
      const { outbox, rows, say } = yield* start(faults)
      yield* say("a", "lost")
      const drained = yield* Effect.forkChild(outbox.drained)
      const attemptsAfter = (pause: Duration.Input) =>
        Effect.map(adjust(pause), () => rows[0]!.attempts)
      assert.strictEqual(yield* attemptsAfter("1 millis"), 1)
      assert.strictEqual(yield* attemptsAfter("498 millis"), 1)
      assert.strictEqual(yield* attemptsAfter("2 millis"), 2)
      assert.strictEqual(yield* attemptsAfter("900 millis"), 2)
      assert.strictEqual(yield* attemptsAfter("200 millis"), 3)
      yield* adjust(anEternity)
      yield* Fiber.join(drained)
      assert.strictEqual(rows[0]!.state, "failed")
    })
  )

  it.effect("gives up at once what will never be taken, and goes on with the next", () =>
    Effect.gen(function* () {
      const { outbox, rows, say, sent } = yield* start([new Rejected({ detail: "blocked" })])
      yield* say("a", "one")
      yield* say("a", "two")
      yield* outbox.drained
      assert.deepEqual(
        rows.map((row) => row.state),
        ["failed", "sent"]
      )
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["two"]
      )
    })
  )

  it.effect("sends files in order, again when it must", () =>
    Effect.gen(function* () {
      const { outbox, say, sent } = yield* start([], [new RateLimited({ retryAfterMillis: 100 })])
      yield* say("a", "one|file")
      yield* say("a", "two")
      yield* adjust("1 second")
      yield* outbox.drained
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["one", "code.ts: file file+", "two"]
      )
    })
  )

  it.effect.each([
    ["at once where it is refused", [new FileRefused({ detail: "too large" })], "1 millis"],
    [
      "within half a minute where nothing gets through",
      Array.from({ length: 50 }, () => new Unreachable({ detail: "cut" })),
      "30 seconds"
    ]
  ] as const)("sends code as text, whole and in its place, %s", ([, faults, within]) =>
    Effect.gen(function* () {
      const { outbox, rows, say, sent } = yield* start([], [...faults])
      yield* say("a", "file|two")
      yield* adjust(within)
      yield* outbox.drained
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["file", "file+", "two"]
      )
      assert.isTrue(rows.every((row) => row.state === "sent"))
    })
  )

  it.effect("sends anew what is gone", () =>
    Effect.gen(function* () {
      const { outbox, say, sent } = yield* start([new MessageGone()])
      yield* say("a", "one")
      yield* outbox.drained
      assert.deepEqual(
        sent.map(({ text }) => text),
        ["one"]
      )
    })
  )
})
