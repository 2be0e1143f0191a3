// SPDX-License-Identifier: MIT OR Apache-2.0
/** What becomes of a question's message, on the real database: whenever the answer comes, and only once. */
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName, PersonId } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import { choicesFor, questionName } from "../../src/domain/question.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import * as Migrations from "../../src/layers/sqlite/Migrations.ts"
import * as SqliteClient from "../../src/layers/sqlite/SqliteClient.ts"
import { expireQuestions } from "../../src/programs/expireQuestions.ts"
import { type Channel, Channels, type Rendered } from "../../src/services/Channel.ts"
import { InboxStore } from "../../src/services/InboxStore.ts"
import { Journal } from "../../src/services/Journal.ts"
import { OutgoingFiles } from "../../src/services/OutgoingFiles.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { PersonNames } from "../../src/services/PersonNames.ts"
import { Questions } from "../../src/services/Questions.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Sessions } from "../../src/services/Sessions.ts"
import { SessionStore } from "../../src/services/SessionStore.ts"
import { Settings } from "../../src/services/Settings.ts"

const name = ChannelName.make("fake")
const ada = PersonId.make("fake:ada")
const bob = PersonId.make("fake:bob")
const chat = { channel: name, chat: "a", topic: "" }

const settle = Effect.repeat(Effect.yieldNow, { times: 300 })
const line = ({ choices = [], plain }: Rendered) => `${plain} [${choices.length}]`

/** A turn that has asked, and a channel that notes what it is given. */
const start = Effect.fnUntraced(function* (streams = true, gate?: Deferred.Deferred<void>) {
  const log: Array<string> = []
  const fake: Channel = {
    name,
    streams,
    editIntervalMillis: 0,
    render: (text) => [{ body: text, plain: text }],
    send: ({ rendered }) =>
      Effect.sync(() => log.push(`send ${line(rendered)}`)).pipe(
        Effect.andThen(gate === undefined ? Effect.void : Deferred.await(gate)),
        Effect.as("7")
      ),
    edit: ({ messageId, rendered }) =>
      Effect.sync(() => void log.push(`edit ${messageId} ${line(rendered)}`)),
    typing: () => Effect.void
  }
  const context = yield* Layer.build(
    Questions.layer.pipe(
      Layer.provideMerge(Outbox.layer),
      Layer.provide(Layer.mock(OutgoingFiles, {})),
      Layer.provideMerge(Database.repositories),
      Layer.provideMerge(Layer.mock(Sessions, { wake: () => Effect.void })),
      Layer.provide(Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer))),
      Layer.provide(Layer.succeed(Channels, Channels.fromList([fake]))),
      Layer.provide(Migrations.layer),
      Layer.provide(SqliteClient.layer({ filename: ":memory:" })),
      Layer.provide(SecureRandom.layerWebCrypto),
      Layer.provide(Settings.layerFrom({}))
    )
  )
  const work = Effect.gen(function* () {
    const journal = yield* Journal
    const outbox = yield* Outbox
    const session = yield* (yield* SessionStore).current(chat, ada)
    const message = { updateId: "1", lane: "turn", parts: [personText("Hello")] } as const
    yield* (yield* InboxStore).insert({
      channel: name,
      session: session.id,
      person: ada,
      ...message
    })
    yield* (yield* PersonNames).note(bob, "*Bob*")
    const { id } = Option.getOrThrow(yield* journal.open(session.id, []))
    const question = questionName(id, 3)
    const asked = { step: 3, callId: "c", tool: "pay", answer: null }
    yield* journal.ask(id, { _tag: "UnclearTool", ...asked }, 65_000)
    const address = { session: session.id, turn: id, chat, inReplyTo: [] }
    yield* outbox.enqueue(address, "Again?", { question, choices: choicesFor(question) })
    yield* outbox.wake(chat)
    yield* settle
    const turn = Effect.map(journal.find(id), Option.getOrThrow)
    const questions = yield* Questions
    const state = Effect.map(questions.standing(question), (standing) =>
      Option.getOrUndefined(standing)
    )
    return { questions, state, turn }
  })
  return { context, log, ...(yield* Effect.provide(work, context)) }
})

describe("Questions", () => {
  it.effect("the first answer counts, and shows; later ones and an end change nothing", () =>
    Effect.gen(function* () {
      const { log, questions, state, turn } = yield* start()
      assert.deepEqual(yield* state, { chat, present: chat, state: "open" })
      const asked = yield* turn
      assert.isTrue(yield* questions.answer(asked, "approve", bob))
      assert.isFalse(yield* questions.answer(asked, "deny", ada))
      yield* questions.stopping(asked, ada)
      yield* settle
      assert.deepEqual(log, [
        "send Again? [3]",
        String.raw`edit 7 Again?

✅ Run again: \*Bob\*, 00:00 [0]`
      ])
      assert.deepEqual(yield* state, { chat, present: chat, state: "approve" })
    })
  )

  it.effect("an answer that comes while the question is being sent shows after it", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { log, questions, turn } = yield* start(true, gate)
      yield* questions.stopping(yield* turn, ada)
      yield* settle
      assert.deepEqual(log, ["send Again? [3]"])
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.strictEqual(
        log[1],
        String.raw`edit 7 Again?

⏹ Stopped: fake:ada, 00:00 [0]`.replace("fake:", String.raw`fake\:`)
      )
      assert.lengthOf(log, 2)
    })
  )

  it.effect("after the deadline no answer counts any more, and it shows as expired", () =>
    Effect.gen(function* () {
      const { context, log, questions, state, turn } = yield* start()
      yield* Effect.forkChild(Effect.provide(expireQuestions, context))
      yield* TestClock.adjust("66 seconds")
      yield* settle
      assert.isFalse(yield* questions.answer(yield* turn, "approve", ada))
      assert.lengthOf(log, 1)
      yield* TestClock.adjust("9 seconds")
      yield* settle
      assert.match(log[1]!, /⌛ Not run again, as nobody answered: 00:01 \[0\]$/)
      assert.lengthOf(log, 2)
      assert.deepEqual(yield* state, { chat, present: chat, state: "expired" })
    })
  )

  it.effect("where messages cannot be edited, they stay as they were", () =>
    Effect.gen(function* () {
      const { log, questions, state, turn } = yield* start(false)
      assert.isTrue(yield* questions.answer(yield* turn, "deny", ada))
      yield* settle
      assert.deepEqual(log, ["send Again? [3]"])
      assert.deepEqual(yield* state, { chat, present: chat, state: "deny" })
    })
  )

  it.effect("what was never asked stands nowhere", () =>
    Effect.gen(function* () {
      const { questions } = yield* start()
      assert.isTrue(Option.isNone(yield* questions.standing("0123456789abcdef:1")))
    })
  )
})
