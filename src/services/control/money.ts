// SPDX-License-Identifier: MIT OR Apache-2.0
/** Commands about money: what was spent, and what is left. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { UsageBy } from "../../domain/usage.ts"
import { spellBudget, spellUsage } from "../../domain/usageText.ts"
import { Usage } from "../Usage.ts"
import type { Handlers } from "./Handler.ts"

const isBy = Schema.is(UsageBy)
const way = "Say /usage, /usage month, /usage by purpose, or both; also by model or by session."

/** `month by model`, in any order; undefined when it is something else. */
const readUsage = (rest: string) => {
  const words = rest
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "by")
  const periods = words.filter((word) => word === "day" || word === "month")
  const others = words.filter((word) => word !== "day" && word !== "month")
  const [by] = others
  if (periods.length > 1 || others.length > 1 || (by !== undefined && !isBy(by))) return undefined
  return { period: periods[0] ?? "day", by: Option.fromUndefinedOr(by) } as const
}

export const make: Effect.Effect<Handlers<"usage" | "budget">, never, Usage> = Effect.gen(
  function* () {
    const usage = yield* Usage
    return {
      usage: Effect.fnUntraced(function* (_session, _row, rest) {
        const wanted = readUsage(rest)
        if (wanted === undefined) return { text: way }
        return { text: spellUsage(yield* usage.report(wanted.period, wanted.by)) }
      }),
      budget: () => Effect.map(usage.budget, (report) => ({ text: spellBudget(report) }))
    }
  }
)
