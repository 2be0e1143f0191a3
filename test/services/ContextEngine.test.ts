// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import * as BuiltinTools from "../../src/layers/tools/BuiltinTools.ts"
import { ChannelName, mainAgent, owner, SessionId } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import { ContextStore } from "../../src/services/ContextStore.ts"
import type { Session } from "../../src/services/SessionStore.ts"
import { ContextEngine } from "../../src/services/ContextEngine.ts"
import { Channels } from "../../src/services/Channel.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { OutgoingFiles } from "../../src/services/OutgoingFiles.ts"
import { Egress } from "../../src/services/Egress.ts"
import { FileStore } from "../../src/services/FileStore.ts"
import { Journal } from "../../src/services/Journal.ts"
import { Persona } from "../../src/services/Persona.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Schedules } from "../../src/services/Schedules.ts"
import { Settings } from "../../src/services/Settings.ts"

const session: Session = {
  id: SessionId.make("s"),
  channel: ChannelName.make("telegram"),
  chat: "1",
  topic: "",
  agent: mainAgent,
  person: owner,
  openedAt: 0,
  closedAt: null
}

const engine = (text: string, zone = "Asia/Tokyo") =>
  ContextEngine.layer.pipe(
    Layer.provide(BuiltinTools.layer),
    Layer.provide([
      Layer.mock(Egress, {}),
      Layer.mock(Schedules, {}),
      Layer.succeed(Channels, Channels.fromList([])),
      Layer.mock(Outbox, {}),
      Layer.mock(OutgoingFiles, {})
    ]),
    Layer.provide(Layer.succeed(Persona, { name: "Blufio", text })),
    Layer.provide(Layer.mock(FileStore, { read: () => Effect.succeed(new Map()) })),
    Layer.provide(Layer.mock(Journal, { history: () => Effect.succeed([]) })),
    Layer.provide(
      Layer.mock(ContextStore, {
        compactions: () => Effect.succeed([]),
        waiting: () => Effect.succeed([{ person: owner, parts: [personText("Hello")] }])
      })
    ),
    Layer.provide(Redactor.layer),
    Layer.provide(NodeKeyedHash.layer),
    Layer.provide(Settings.layerFrom({ agent: { time_zone: zone } })),
    Layer.provide(Digest.layerWebCrypto)
  )

const hashOf = (text: string, zone?: string) =>
  Effect.map(ContextEngine, ({ prefixHash }) => prefixHash).pipe(
    Effect.provide(engine(text, zone), { local: true })
  )

describe("ContextEngine", () => {
  it.effect("a message is told its time in the agent's zone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 11, 31, 23, 5))
      const { conditional } = yield* ContextEngine
      const { parts } = yield* conditional(session)
      assert.deepEqual(
        parts.map((part) => (part._tag === "Text" ? part.text : "")),
        [
          "[Sent on Friday, 1 January 2027 at 08:05 (Asia/Tokyo)]",
          "[This conversation takes place on: telegram]"
        ]
      )
    }).pipe(Effect.provide(engine("")))
  )

  it.effect("the prefix does not change with time, and does with the persona", () =>
    Effect.gen(function* () {
      const before = yield* hashOf("Be kind.")
      yield* TestClock.adjust("3 days")
      assert.strictEqual(yield* hashOf("Be kind."), before)
      assert.strictEqual(yield* hashOf("Be kind.", "Europe/Paris"), before)
      assert.notStrictEqual(yield* hashOf("Be curt."), before)
      assert.match(before, /^[0-9a-f]{64}$/)
    })
  )

  it.effect("tools are sorted by name", () =>
    Effect.gen(function* () {
      const { tools } = yield* ContextEngine
      const names = tools.map(({ name }) => name)
      assert.deepEqual(names, names.toSorted())
      assert.isAbove(names.length, 2)
    }).pipe(Effect.provide(engine("")))
  )
})
