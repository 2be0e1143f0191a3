// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which model answers a turn, and why: decided once, stored with the turn, explained on request. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { textOf } from "../domain/Message.ts"
import { type Price, priceOf, prices } from "../domain/prices.ts"
import { choose } from "../domain/router/choose.ts"
import { judge } from "../domain/router/judge.ts"
import { prefixOf, tierNamed } from "../domain/router/override.ts"
import type { Routing } from "../domain/router/Routing.ts"
import { type Models, tiers } from "../domain/router/Tier.ts"
import type { Turn } from "../domain/Turn.ts"
import { Budget } from "./Budget.ts"
import { Providers } from "./Provider.ts"
import { RoutingStore } from "./RoutingStore.ts"
import { Settings } from "./Settings.ts"
import type { StoreError } from "./Store.ts"

/** How many turns before tell what a short message goes on with. */
const remembered = 2

export class Router extends Context.Service<
  Router,
  {
    readonly models: Models
    /** The decision for a turn: made at first, the stored one from then on. */
    readonly route: (turn: Turn) => Effect.Effect<Routing, StoreError>
    /** Another model goes on with the turn. */
    readonly fallBack: (
      turn: Turn,
      routing: Routing,
      model: string,
      reason: string
    ) => Effect.Effect<Routing, StoreError>
    /** The other configured models with a price: the next cheaper first, then the next dearer. */
    readonly others: (model: string) => {
      readonly cheaper: ReadonlyArray<string>
      readonly dearer: ReadonlyArray<string>
    }
    /** What a session may be pinned to, as it is stored; `None`: nothing of that name. */
    readonly pinOf: (word: string) => Option.Option<string>
    /** The ids with a price. */
    readonly known: ReadonlyArray<string>
  }
>()("blufio/services/Router") {
  static readonly layer = Layer.effect(
    Router,
    Effect.gen(function* () {
      const budget = yield* Budget
      const { chosen } = yield* Providers
      const store = yield* RoutingStore
      const { provider } = yield* Settings
      const { model } = chosen
      const models = chosen.models ?? { simple: model, standard: model, complex: model }
      const priced = (id: string) => Option.getOrUndefined(priceOf(id, provider.prices))
      const known =
        chosen.models === undefined
          ? [model]
          : [...new Set([...Object.keys(provider.prices), ...prices.keys()])].filter(
              (id) => id !== "demo"
            )

      for (const tier of tiers) {
        if (priced(models[tier]) !== undefined) continue
        yield* Effect.logWarning(
          `no price is known for ${models[tier]}, the model for ${tier} turns: it is not asked. ` +
            `Add [provider.prices."${models[tier]}"] to blufio.toml.`
        )
      }

      const route: Router["Service"]["route"] = Effect.fn("Router.route")(function* (turn) {
        const stored = yield* store.ofTurn(turn.id)
        if (Option.isSome(stored)) return stored.value
        const typed = yield* store.typed(turn.id)
        const recent = yield* store.recent(turn.session, remembered)
        const said = yield* store.said(turn.id)
        const judgement = judge(
          {
            text: textOf(said.filter(({ origin }) => origin !== "blufio")),
            attachments: said.filter(({ _tag }) => _tag === "Attachment" || _tag === "File").length
          },
          recent.map(({ routing, tools }) => ({ need: routing.need, tools }))
        )
        const shares = (yield* budget.standing).map(({ limitMicros, spentMicros }) =>
          limitMicros === 0 ? 1 : spentMicros / limitMicros
        )
        const [last, ...earlier] = yield* store.lastCalls(turn.session)
        const routing = choose({
          provider: chosen.name,
          models,
          priceOf: priced,
          judgement,
          prefix: typed.map(prefixOf).findLast((word) => word !== undefined),
          pin: yield* store.pin(turn.session),
          spentShare: Math.max(...shares),
          now: yield* Clock.currentTimeMillis,
          last,
          earlier,
          hasJustChanged:
            recent.length === 2 && recent[0]!.routing.model !== recent[1]!.routing.model
        })
        yield* store.keep(turn.id, routing)
        return routing
      })

      /** By what a long answer costs, then what a long prompt does. */
      const byPrice = (one: Price, other: Price) =>
        one.output - other.output || one.input - other.input

      return Router.of({
        models,
        known,
        route,
        fallBack: Effect.fn("Router.fallBack")(function* (turn, routing, model, reason) {
          const changed = { ...routing, model, reasons: [...routing.reasons, reason] }
          yield* store.keep(turn.id, changed)
          return changed
        }),
        others: (model) => {
          const own = priced(model)
          const rows = [...new Set(Object.values(models))].flatMap((id) => {
            const price = priced(id)
            return price === undefined || own === undefined || id === model
              ? []
              : [{ id, price, order: byPrice(price, own) }]
          })
          const sorted = rows.toSorted((one, other) => byPrice(one.price, other.price))
          return {
            cheaper: sorted
              .filter(({ order }) => order < 0)
              .map(({ id }) => id)
              .toReversed(),
            dearer: sorted.filter(({ order }) => order >= 0).map(({ id }) => id)
          }
        },
        pinOf: (word) => {
          const id = known.find((one) => one.toLowerCase() === word)
          return Option.fromUndefinedOr(id ?? tierNamed(word, models))
        }
      })
    })
  )
}
