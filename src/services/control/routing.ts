// SPDX-License-Identifier: MIT OR Apache-2.0
/** Commands about which model answers: choose one, and see why one was chosen. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { formatMicros } from "../../domain/money.ts"
import type { Routing } from "../../domain/router/Routing.ts"
import { tiers } from "../../domain/router/Tier.ts"
import { Journal } from "../Journal.ts"
import { Ledger, type LedgerRow } from "../Ledger.ts"
import { Router } from "../Router.ts"
import { RoutingStore } from "../RoutingStore.ts"
import type { Handlers } from "./Handler.ts"

type Names = "model" | "why"

const because = (reasons: ReadonlyArray<string>) =>
  reasons.map((reason) => `- ${reason}`).join("\n")

const oneLine = ({ confidence, model, tier }: Routing) =>
  `${model} (${tier}, confidence ${confidence})`

const describeCall = (call: LedgerRow): string => {
  const cached = call.cacheRead + call.cacheWrite + call.cacheWrite1h
  const tokens = `${call.input} new + ${cached} cached tokens in, ${call.output} out`
  const state = call.state === "settled" ? "" : `, ${call.state}`
  return `- ${call.model}, ${call.purpose}: ${formatMicros(call.chargedMicros)}, ${tokens}${state}`
}

export const make: Effect.Effect<
  Handlers<Names>,
  never,
  Journal | Ledger | Router | RoutingStore
> = Effect.gen(function* () {
  const journal = yield* Journal
  const ledger = yield* Ledger
  const router = yield* Router
  const store = yield* RoutingStore

  const choices = [
    ...tiers.map((tier) => `/model ${tier} – ${router.models[tier]}`),
    "/model auto – the router decides for each message",
    `/model ID – one of ${router.known.join(", ")}`,
    "For one message only, begin it with !simple, !standard or !complex."
  ].join("\n")

  return {
    model: Effect.fnUntraced(function* (session, _row, rest) {
      const word = rest.toLowerCase()
      if (word === "") {
        const pin = yield* store.pin(session.id)
        const [last] = yield* store.recent(session.id, 1)
        const now =
          pin === "" ? "The router chooses the model." : `This session is pinned to ${pin}.`
        const before =
          last === undefined
            ? ""
            : `\nLast: ${oneLine(last.routing)}\n${because(last.routing.reasons)}`
        return { text: `${now}${before}\n\n${choices}` }
      }
      if (word === "auto") {
        yield* store.setPin(session.id, "")
        return { text: "From the next message on, the router chooses the model." }
      }
      const pin = router.pinOf(word)
      if (Option.isNone(pin))
        return { text: `I know no model or tier of that name with a price.\n\n${choices}` }
      yield* store.setPin(session.id, pin.value)
      const model = tiers.find((tier) => tier === pin.value)
      const name = model === undefined ? pin.value : `${pin.value} (${router.models[model]})`
      return {
        text:
          `From the next message on, ${name} answers in this session, also when the budget runs ` +
          "low; the budget itself still holds. /model auto undoes it."
      }
    }),
    why: Effect.fnUntraced(function* (session) {
      const turn = Option.getOrUndefined(yield* journal.newest(session.id))
      const routing = turn && Option.getOrUndefined(yield* store.ofTurn(turn.id))
      if (turn === undefined || routing === undefined)
        return { text: "No model has answered here yet." }
      const calls = yield* ledger.ofTurn(turn.id)
      const total = calls.reduce((sum, call) => sum + call.chargedMicros, 0)
      const instead =
        routing.model === routing.intendedModel
          ? ""
          : `\n${routing.intendedModel} was meant to answer.`
      return {
        text:
          `${oneLine(routing)}${instead}\n${because(routing.reasons)}\n\n` +
          `Cost: ${formatMicros(total)}\n${calls.map(describeCall).join("\n")}`
      }
    })
  }
})
