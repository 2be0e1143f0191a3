// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio usage` and `blufio budget`: what was spent, on what, and what is left. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SettingsData } from "../domain/Settings.ts"
import { spellBudget, spellUsage } from "../domain/usageText.ts"
import { ask } from "../layers/DaemonClient.ts"
import { layerEmpty, layerReadOnly } from "../layers/Offline.ts"
import { Usage } from "../services/Usage.ts"
import { WrongUsage } from "./exit.ts"
import { print } from "./output.ts"
import { reach } from "./reach.ts"

const day = Flag.Boolean("day").pipe(
  Flag.withDescription("Today, in agent.time_zone; so it is when nothing is said"),
  Flag.withDefault(false)
)
const month = Flag.Boolean("month").pipe(
  Flag.withDescription("This month"),
  Flag.withDefault(false)
)
const by = Flag.Literals("by", ["model", "session", "purpose"]).pipe(
  Flag.withDescription("Divide the figures"),
  Flag.optional
)

/** As the service has it, from the database or from one in which nothing was spent yet. */
const offline = <A, E>(look: (usage: Usage["Service"]) => Effect.Effect<A, E>) => ({
  database: (settings: SettingsData) =>
    Effect.provide(Effect.flatMap(Usage, look), layerReadOnly(settings)),
  nothing: (settings: SettingsData) =>
    Effect.provide(Effect.flatMap(Usage, look), layerEmpty(settings))
})

export const usageCommand = Command.make(
  "usage",
  { day, month, by },
  Effect.fn("usage")(function* ({ by, day, month }) {
    if (day && month) return yield* new WrongUsage({ detail: "Give one of --day and --month." })
    const period = month ? "month" : "day"
    const report = yield* reach({
      daemon: (client) =>
        ask(client.usage({ query: { period, ...(Option.isSome(by) ? { by: by.value } : {}) } })),
      ...offline((usage) => usage.report(period, by))
    })
    yield* print(spellUsage(report), report)
  })
).pipe(Command.withDescription("Say what was spent, in dollars and tokens"))

export const budgetCommand = Command.make(
  "budget",
  {},
  Effect.fn("budget")(function* () {
    const report = yield* reach({
      daemon: (client) => ask(client.budget({})),
      ...offline((usage) => usage.budget)
    })
    yield* print(spellBudget(report), report)
  })
).pipe(Command.withDescription("Say what the budgets are, and what is left of them"))
