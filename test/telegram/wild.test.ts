// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whatever Telegram may send, typed or not: the loop runs on, and the offset moves. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as FakeBotApi from "../fakes/BotApi.ts"
import { layer, makeWorld, owner, telegram } from "./support.ts"

const { Boolean: Flag, Int, Json, Literals, String: Text, Struct, Union, optionalKey } = Schema
const maybe = <S extends Schema.Top>(schema: S) => optionalKey(Union([schema, Json]))

const User = Struct({
  id: Union([Schema.Literal(owner), Schema.Literal(123456), Int]),
  is_bot: Flag,
  first_name: Text,
  last_name: optionalKey(Text),
  username: optionalKey(Text)
})
const Chat = Struct({
  id: Int,
  type: Literals(["private", "group", "supergroup", "channel"]),
  title: optionalKey(Text)
})
const Entity = Struct({
  type: Literals(["mention", "text_mention", "bot_command", "text_link"]),
  url: optionalKey(Text),
  offset: Int,
  length: Int,
  user: optionalKey(User)
})
const File = Struct({
  file_id: Text,
  file_unique_id: Text,
  file_size: optionalKey(Int),
  file_name: optionalKey(Text),
  mime_type: optionalKey(Text),
  duration: optionalKey(Int),
  width: optionalKey(Int),
  height: optionalKey(Int)
})
const Point = Struct({ latitude: Schema.Finite, longitude: Schema.Finite })
const said = {
  text: maybe(Union([Schema.Literal("@blufio_bot"), Schema.Literal("/status@blufio_bot x"), Text])),
  caption: maybe(Text),
  photo: maybe(Schema.Array(File)),
  document: maybe(File),
  voice: maybe(File),
  audio: maybe(File),
  video: maybe(File),
  video_note: maybe(File),
  animation: maybe(File),
  paid_media: maybe(Struct({ star_count: Int, paid_media: Schema.Array(Json) })),
  sticker: maybe(Struct({ emoji: Text })),
  location: maybe(Point),
  venue: maybe(Struct({ location: Point, title: Text, address: Text })),
  contact: maybe(Struct({ phone_number: Text, first_name: Text })),
  dice: maybe(Struct({ emoji: Text, value: Int })),
  checklist: maybe(Struct({ title: Text, tasks: Schema.Array(Struct({ text: Text })) })),
  story: maybe(Struct({ id: Int })),
  poll: maybe(Struct({ question: Text, options: Schema.Array(Struct({ text: Text })) }))
}
const External = Struct({ origin: Json, ...said })
const Message = Struct({
  message_id: Int,
  date: Int,
  from: Struct({ ...User.fields, id: Schema.Literal(owner), is_bot: Schema.Literal(false) }),
  chat: Chat,
  ...said,
  entities: maybe(Schema.Array(Entity)),
  forward_origin: maybe(Struct({ type: Schema.Literal("user"), sender_user: User })),
  reply_to_message: maybe(Struct({ from: User, ...said })),
  external_reply: maybe(External),
  media_group_id: maybe(Literals(["a", "b"])),
  via_bot: maybe(User),
  quote: maybe(Struct({ text: Text })),
  is_topic_message: maybe(Flag),
  message_thread_id: maybe(Int)
})
const Member = Struct({
  chat: Chat,
  new_chat_member: Struct({ status: Literals(["member", "kicked", "left"]) })
})

const Wild = Union([
  Struct({ message: Message }),
  Struct({ edited_message: Message }),
  Struct({ my_chat_member: Member }),
  Struct({
    callback_query: Struct({ id: Text, from: User, message: maybe(Message), data: maybe(Text) })
  }),
  Struct({ message: Struct({ chat: Chat, migrate_to_chat_id: Json }) }),
  Struct({ message: Json }),
  Struct({ my_chat_member: Json, edited_message: Json, callback_query: Json }),
  Schema.Record(Text, Json)
])

describe("wild updates", () => {
  it.live("one without a number does not hide the others", () =>
    Effect.gen(function* () {
      const bot = yield* FakeBotApi.make()
      const world = makeWorld()
      bot.state.updates.push({ update_id: "1", message: { text: "odd" } } as never)
      const last = bot.userSays(owner, "still there?")
      yield* Effect.forkScoped(telegram(bot).listen.pipe(Effect.provide(layer(world))))
      yield* bot.waitFor(() => bot.isPolled && bot.unconfirmed === 0)
      assert.strictEqual(world.offset, last + 1)
      assert.deepStrictEqual(world.texts(), ["still there?"])
      assert.notInclude(world.log.join(), "unreadable")
    })
  )

  it.live.prop(
    "leave the loop running and the offset moving",
    [Schema.Array(Wild).check(Schema.isMinLength(8), Schema.isMaxLength(40))],
    ([updates]) =>
      Effect.gen(function* () {
        const bot = yield* FakeBotApi.make()
        const world = makeWorld()
        for (const update of updates) bot.addUpdate(update)
        const last = bot.userSays(owner, "still there?")
        const loop = yield* Effect.forkChild(
          telegram(bot).listen.pipe(Effect.provide(layer(world)))
        )
        yield* bot.waitFor(() => bot.isPolled && bot.unconfirmed === 0)
        assert.strictEqual(world.offset, last + 1)
        assert.strictEqual(world.texts().at(-1), "still there?")
        assert.deepStrictEqual(
          world.log.filter((entry) => entry.includes("could not be taken")),
          []
        )
        assert.isUndefined(loop.pollUnsafe())
        yield* Fiber.interrupt(loop)
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 60 } }
  )
})
