// SPDX-License-Identifier: MIT OR Apache-2.0
/** What is running, what it cost, and what is not well: for `/status`, the CLI and `/readyz`. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { formatMicros } from "../domain/money.ts"
import { spokenAge } from "../domain/spokenDuration.ts"
import { usedPercent, warningThresholds, windowName } from "../domain/budgetWindows.ts"
import { Budget, type Standing } from "./Budget.ts"
import { ChannelHealth, type PollAge } from "./ChannelHealth.ts"
import { InboxStore } from "./InboxStore.ts"
import { OutboxStore } from "./OutboxStore.ts"
import { Providers } from "./Provider.ts"
import type { Session } from "./SessionStore.ts"
import { Sessions } from "./Sessions.ts"
import type { StoreError } from "./Store.ts"
import { Vault } from "./Vault.ts"
import { vaultProblems } from "./vaultProblems.ts"

export interface Snapshot {
  readonly provider: string
  readonly model: string
  readonly activeSessions: number
  readonly outboxDepth: number
  readonly budget: ReadonlyArray<Standing<"daily" | "monthly">>
  readonly polls: ReadonlyArray<PollAge>
  /** What keeps Blufio from doing its work, one sentence each. */
  readonly problems: ReadonlyArray<{ readonly part: string; readonly detail: string }>
  /** Budgets that are nearly spent, one sentence each. */
  readonly warnings: ReadonlyArray<string>
}

const names = { daily: "today", monthly: "this month" } as const

/** One sentence for each cap of which much is spent. */
export const budgetWarnings = (windows: ReadonlyArray<Standing>): ReadonlyArray<string> =>
  windows.flatMap((standing) => {
    const percent = usedPercent(standing)
    return percent < warningThresholds[0]
      ? []
      : [`${Math.floor(percent)} % of ${windowName(standing)} is spent`]
  })

export class Status extends Context.Service<
  Status,
  {
    readonly snapshot: Effect.Effect<Snapshot, StoreError>
    /** As text for one chat. */
    readonly chat: (session: Session) => Effect.Effect<string, StoreError>
  }
>()("blufio/services/Status") {
  static readonly layer = Layer.effect(
    Status,
    Effect.gen(function* () {
      const budget = yield* Budget
      const health = yield* ChannelHealth
      const inbox = yield* InboxStore
      const outbox = yield* OutboxStore
      const { chosen } = yield* Providers
      const sessions = yield* Sessions
      const vault = yield* Vault

      const snapshot = Effect.gen(function* () {
        const problem = yield* chosen.problem
        const ofProvider = Option.match(problem, {
          onNone: () => [],
          onSome: ({ detail }) => [{ part: `provider ${chosen.name}`, detail }]
        })
        const ofChannels = (yield* health.problems).map(({ channel, detail }) => ({
          part: `channel ${channel}`,
          detail
        }))
        const ofVault = (yield* vaultProblems(vault)).map((detail) => ({ part: "vault", detail }))
        return {
          provider: chosen.name,
          model: chosen.model,
          activeSessions: (yield* sessions.running).length,
          outboxDepth: yield* outbox.depth,
          budget: yield* budget.standing,
          polls: yield* health.pollAges,
          problems: [...ofVault, ...ofProvider, ...ofChannels],
          warnings: budgetWarnings(yield* budget.windows)
        } satisfies Snapshot
      })

      const chat = Effect.fn("Status.chat")(function* (session: Session) {
        const now = yield* snapshot
        const running = (yield* sessions.running).includes(session.id)
        const waiting = yield* inbox.waiting(session.id)
        const lines = [
          `Model: ${now.model} (${now.provider})`,
          running ? "I am working on an answer." : "Nothing is running here.",
          ...(waiting > 0 ? [`Messages waiting: ${waiting}`] : []),
          ...now.polls.map(
            ({ ageMillis, channel }) =>
              `Last poll of ${channel}: ${Option.match(ageMillis, { onNone: () => "none yet", onSome: spokenAge })}`
          ),
          ...now.budget.map(
            ({ limitMicros, spentMicros, window }) =>
              `Spent ${names[window]}: ${formatMicros(spentMicros)} of ${formatMicros(limitMicros)}`
          ),
          ...now.warnings.map((warning) => `⚠️ ${warning}`),
          ...now.problems.map(({ detail, part }) => `⚠️ ${part}: ${detail}`)
        ]
        return lines.join("\n")
      })

      return Status.of({ snapshot, chat })
    })
  )
}
