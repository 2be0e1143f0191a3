// SPDX-License-Identifier: MIT OR Apache-2.0
/** The production graph within the test, on the test's clock: real database and migrations, a fake vendor. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { ChannelName, owner } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import { Environment } from "../../src/layers/config/Environment.ts"
import * as Main from "../../src/layers/Main.ts"
import * as PassphraseSources from "../../src/layers/passphrase/PassphraseSources.ts"
import { Inbox } from "../../src/services/Inbox.ts"
import { Settings } from "../../src/services/Settings.ts"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import { type Home, makeHome } from "../support/Blufio.ts"
import { query, type Row } from "../support/database.ts"

export const terminal = { channel: ChannelName.make("local"), chat: "terminal", topic: "" }

export interface Place {
  readonly home: Home
  readonly anthropic: MessagesApi.MessagesApi
}

export const makePlace = Effect.gen(function* () {
  const anthropic = yield* MessagesApi.make()
  const home = yield* makeHome()
  return { anthropic, home } satisfies Place
})

let updates = 0

/** One life of the agent; it ends with the scope. */
export const start = Effect.fnUntraced(function* (
  { anthropic, home }: Place,
  settings: Parameters<typeof Settings.layerFrom>[0] = {},
  key: string = anthropic.key
) {
  const layer = Main.core("serve").pipe(
    Layer.provideMerge(
      Settings.layerFrom({
        ...settings,
        storage: { path: home.database },
        provider: { default: "anthropic", anthropic: { base_url: anthropic.url, max_retries: 0 } },
        telegram: { enabled: false }
      })
    ),
    Layer.provide(PassphraseSources.layer(Option.none())),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ ANTHROPIC_API_KEY: key }))),
    Layer.provide(Layer.succeed(Environment, home.env)),
    Layer.provideMerge(NodeServices.layer)
  )
  const graph = yield* Layer.build(layer)
  const say = (text: string) =>
    Context.get(graph, Inbox).receive({
      chat: terminal,
      person: owner,
      updateId: `${updates++}:${text}`,
      parts: [personText(text)]
    })
  const rows = (sql: string): ReadonlyArray<Row> => query(home.database, sql)[0]!
  /** The world outside takes real time, on whatever clock the test is. */
  const eventually = (sql: string, isWanted: (rows: ReadonlyArray<Row>) => boolean) =>
    Effect.sync(() => rows(sql)).pipe(
      Effect.repeat({ schedule: Schedule.spaced("10 millis"), until: isWanted }),
      TestClock.withLive,
      Effect.andThen(Effect.sync(() => rows(sql)))
    )
  return { eventually, graph, rows, say }
})

const checklistOf = ({ home }: Place) => join(dirname(home.database), "workspace/HEARTBEAT.md")

export const writeChecklist = (place: Place, text: string) =>
  Effect.sync(() => {
    mkdirSync(dirname(checklistOf(place)), { recursive: true })
    writeFileSync(checklistOf(place), text)
  })
