// SPDX-License-Identifier: MIT OR Apache-2.0
/** The production graph in this process, on a database file and a fake vendor, with sources of one's own. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { SettingsData } from "../../src/domain/Settings.ts"
import { owner } from "../../src/domain/Ids.ts"
import { personText } from "../../src/domain/Message.ts"
import * as Main from "../../src/layers/Main.ts"
import { recover } from "../../src/programs/recover.ts"
import { localChannel } from "../../src/services/Attachments.ts"
import {
  type ConditionalSource,
  ConditionalSources
} from "../../src/services/ConditionalSources.ts"
import { Inbox } from "../../src/services/Inbox.ts"
import { Passphrase } from "../../src/services/Passphrase.ts"
import { ConfigSource, Settings } from "../../src/services/Settings.ts"
import { TurnEvents } from "../../src/services/TurnEvents.ts"
import type * as MessagesApi from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"

export interface Options {
  readonly api: MessagesApi.MessagesApi
  readonly database: string
  readonly settings?: Omit<typeof SettingsData.Encoded, "storage" | "provider">
  /** For standard and complex turns; simple ones go to the small model. */
  readonly model?: string
  readonly complexModel?: string
  readonly sources?: ReadonlyArray<ConditionalSource>
}

const graph = ({
  api,
  database,
  model = "claude-haiku-5-5",
  complexModel = model,
  settings = {},
  sources = []
}: Options) =>
  Main.core("serve").pipe(
    Layer.provideMerge(
      Settings.layerFrom({
        budget: { daily_usd: 1000, monthly_usd: 1000, per_turn_usd: 100 },
        ...settings,
        storage: { path: database },
        provider: {
          default: "anthropic",
          anthropic: {
            base_url: api.url,
            model_standard: model,
            model_simple: "claude-haiku-5-5",
            model_complex: complexModel,
            max_retries: 0
          }
        }
      })
    ),
    Layer.provide(Layer.succeed(ConfigSource, { path: Option.none(), present: [] })),
    Layer.provide(
      Layer.succeed(Passphrase, {
        find: Effect.succeedNone,
        forget: Effect.void,
        ask: () => Effect.succeedNone
      })
    ),
    Layer.provide(Layer.succeed(ConditionalSources, sources)),
    Layer.provide(NodeServices.layer),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ ANTHROPIC_API_KEY: api.key }))),
    Layer.provide(Logger.layer([]))
  )

let updates = 0

/** An agent until the scope ends. `say` answers with the reply to what is said in a chat. */
export const start = Effect.fnUntraced(function* (options: Options) {
  const context = yield* Layer.build(graph(options))
  return yield* Effect.gen(function* () {
    yield* recover
    const inbox = yield* Inbox
    const events = yield* TurnEvents
    const say = Effect.fnUntraced(function* (text: string, chat = "main") {
      const done = yield* events.subscribe
      const { inboxId } = yield* inbox.receive({
        chat: { channel: localChannel, chat, topic: "" },
        person: owner,
        updateId: `test-${updates++}`,
        parts: [personText(text)]
      })
      return yield* done.pipe(
        Stream.filter((event) => event._tag === "Done" && event.inReplyTo.includes(inboxId)),
        Stream.runHead,
        Effect.map((event) =>
          Option.match(event, {
            onNone: () => "",
            onSome: (one) => (one._tag === "Done" ? one.text : "")
          })
        )
      )
    }, Effect.scoped)
    return { say }
  }).pipe(Effect.provide(context))
})

/** The bodies of the model calls so far. */
export const bodies = (api: MessagesApi.MessagesApi) =>
  Effect.map(api.calls, (calls) => calls.map(({ body }) => body as MessagesBody))

/** What the vendor caches first: tools and system, as they were sent. */
export const prefixOf = (body: MessagesBody): string => JSON.stringify([body.tools, body.system])

export const isCondensing = (body: MessagesBody): boolean =>
  JSON.stringify(body.system ?? "").includes("You condense")
