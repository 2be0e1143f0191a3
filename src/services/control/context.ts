// SPDX-License-Identifier: MIT OR Apache-2.0
/** Commands about what the model is shown: where the tokens go, and condensing what was said. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Dropped } from "../../domain/context/StepContext.ts"
import type { SessionId } from "../../domain/Ids.ts"
import { Compactor } from "../Compactor.ts"
import { ContextEngine } from "../ContextEngine.ts"
import { ContextStore } from "../ContextStore.ts"
import { Journal } from "../Journal.ts"
import { Providers } from "../Provider.ts"
import { RoutingStore } from "../RoutingStore.ts"
import { Sessions } from "../Sessions.ts"
import type { Session } from "../SessionStore.ts"
import type { Handlers } from "./Handler.ts"

type Names = "context" | "compact"

const grouped = (tokens: number): string => tokens.toLocaleString("en-GB")
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`

/** Shown even when there is nothing in them. */
const always: ReadonlySet<string> = new Set(["static", "history", "conditional"])

const listed = 10

const spellDropped = (dropped: ReadonlyArray<Dropped>): ReadonlyArray<string> =>
  dropped.length === 0
    ? []
    : [
        "Left out of it:",
        ...dropped
          .slice(0, listed)
          .map(({ tokens, what, why }) => `- ${what} (${grouped(tokens)} tokens): ${why}`),
        ...(dropped.length > listed ? [`- and ${dropped.length - listed} more`] : [])
      ]

const failed = (detail: string) => `⚠️ It could not be condensed (${detail}). Nothing was changed.`

export const make: Effect.Effect<
  Handlers<Names>,
  never,
  Compactor | ContextEngine | ContextStore | Journal | Providers | RoutingStore | Sessions
> = Effect.gen(function* () {
  const compactor = yield* Compactor
  const engine = yield* ContextEngine
  const journal = yield* Journal
  const providers = yield* Providers
  const routing = yield* RoutingStore
  const sessions = yield* Sessions
  const store = yield* ContextStore

  /** The one that was asked last here. */
  const modelOf = (session: SessionId) =>
    Effect.map(routing.lastCalls(session), ([last]) => last?.model ?? providers.chosen.model)

  const describe = Effect.fnUntraced(function* (session: Session) {
    const model = yield* modelOf(session.id)
    const { context, estimate } = yield* engine.prepare(session.id, model)
    const last = yield* store.lastStep(session.id)
    const use = yield* store.cacheUse(session.id)
    const window = engine.windowOf(model)
    const all = use.input + use.read + use.written
    const zones = (context.zones ?? []).filter(({ name, tokens }) => tokens > 0 || always.has(name))
    return [
      `Before your next message the prompt for ${model} has about ${grouped(estimate)} tokens, ` +
        `${percent(estimate / window)} of the window of ${grouped(window)}:`,
      ...zones.map(({ name, tokens }) => `- ${name}: ${grouped(tokens)}`),
      `At most it can have ${grouped(context.bound ?? 0)} (that is what is reserved).`,
      ...(use.calls === 0
        ? []
        : [
            `Of the input so far ${percent(all === 0 ? 0 : use.read / all)} came from the cache ` +
              `(${grouped(use.read)} of ${grouped(all)} tokens in ${use.calls} calls).`
          ]),
      ...Option.match(last, {
        onNone: () => [],
        onSome: (step) => spellDropped(step.dropped ?? [])
      })
    ].join("\n")
  })

  return {
    context: (session) => Effect.map(describe(session), (text) => ({ text })),
    compact: Effect.fnUntraced(function* (session, _row, focus) {
      if (Option.isSome(yield* journal.unfinished(session.id)))
        return { text: "I am still at it. Wait for the answer, or send /stop first." }
      const outcome = yield* sessions.aside(
        session.id,
        compactor.now(session, focus, yield* modelOf(session.id))
      )
      if (Option.isNone(outcome)) return { text: "Stopped. Nothing was condensed." }
      switch (outcome.value._tag) {
        case "Nothing":
          return { text: "There is nothing to condense yet." }
        case "Failed":
          return { text: failed(outcome.value.detail) }
        case "Condensed": {
          const { after, before, kept } = outcome.value
          return {
            text:
              `Condensed: from about ${grouped(before)} to about ${grouped(after)} tokens. ` +
              `${kept} rules, tasks and other notes are kept word for word, and nothing was deleted.`
          }
        }
      }
    })
  }
})
