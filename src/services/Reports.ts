// SPDX-License-Identifier: MIT OR Apache-2.0
/** What happened in a session, turn by turn, with what it cost: for the API and the command line. */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { SessionId } from "../domain/Ids.ts"
import { dollarsFromMicros } from "../domain/money.ts"
import { oneLine } from "../domain/printable.ts"
import type { SessionDetail, SessionSummary, TurnReport } from "../domain/reports.ts"
import type { Routing } from "../domain/router/Routing.ts"
import type { Entry, Step, Turn } from "../domain/Turn.ts"
import { localChannel } from "./Attachments.ts"
import { Journal } from "./Journal.ts"
import { Ledger, type LedgerRow } from "./Ledger.ts"
import { RoutingStore } from "./RoutingStore.ts"
import { type Session, SessionStore } from "./SessionStore.ts"
import type { StoreError } from "./Store.ts"

/** The newest sessions that are listed, and among which a shortened id is looked for. */
const listed = 1000

export class UnknownSession extends Schema.TaggedError<UnknownSession>()("UnknownSession", {
  id: Schema.String,
  /** The sessions that it could be, when there are several. */
  matches: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return this.matches.length === 0
      ? `There is no session ${oneLine(this.id)}. See: blufio session list`
      : `${oneLine(this.id)} could be several sessions: ${this.matches.join(", ")}`
  }
}

const isoTime = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
const isoTimeOrNull = (millis: number | null) => (millis === null ? null : isoTime(millis))

const summaryOf = ({ closedAt, openedAt, ...session }: Session): SessionSummary => ({
  ...session,
  opened_at: isoTime(openedAt),
  closed_at: isoTimeOrNull(closedAt)
})

const stepReport = ({ context, finishedAt, kind, name, outcome, startedAt, state }: Step) => ({
  kind,
  name,
  state,
  outcome,
  started_at: isoTime(startedAt),
  finished_at: isoTimeOrNull(finishedAt),
  ...(context?.zones === undefined ? {} : { context })
})

const messageReport = ({ createdAt, model, parts, role }: Entry) => ({
  role,
  at: isoTime(createdAt),
  model,
  parts
})

const routingReport = ({ confidence, intendedModel, model, reasons, tier }: Routing) => ({
  intended_model: intendedModel,
  model,
  tier,
  confidence,
  reasons
})

const costReport = (calls: ReadonlyArray<LedgerRow>) => {
  const sum = (amount: (call: LedgerRow) => number) =>
    calls.reduce((total, call) => total + amount(call), 0)
  return {
    cost_usd: dollarsFromMicros(sum((call) => call.chargedMicros)),
    tokens: {
      input: sum((call) => call.input),
      output: sum((call) => call.output),
      cache_read: sum((call) => call.cacheRead),
      cache_write: sum((call) => call.cacheWrite + call.cacheWrite1h)
    }
  }
}

export class Reports extends Context.Service<
  Reports,
  {
    /** Newest first. */
    readonly sessions: Effect.Effect<ReadonlyArray<SessionSummary>, StoreError>
    /** By id, by a local chat's name (its newest), or by the beginning of an id that no other shares. */
    readonly session: (id: string) => Effect.Effect<SessionDetail, UnknownSession | StoreError>
  }
>()("blufio/services/Reports") {
  static readonly layer = Layer.effect(
    Reports,
    Effect.gen(function* () {
      const journal = yield* Journal
      const ledger = yield* Ledger
      const routings = yield* RoutingStore
      const store = yield* SessionStore

      const find = Effect.fnUntraced(function* (id: string) {
        const unknown = new UnknownSession({ id, matches: [] })
        if (id === "") return yield* unknown
        const exact = yield* store.find(SessionId.make(id))
        if (Option.isSome(exact)) return exact.value
        const newest = yield* store.list(listed)
        const named = newest.find(({ channel, chat }) => channel === localChannel && chat === id)
        if (named !== undefined) return named
        const matches = newest.filter((session) => session.id.startsWith(id))
        const [first] = matches
        if (first === undefined) return yield* unknown
        if (matches.length === 1) return first
        return yield* new UnknownSession({ id, matches: matches.map((session) => session.id) })
      })

      const turnReport = Effect.fnUntraced(function* (turn: Turn) {
        const { detail, finishedAt, id, startedAt, state } = turn
        const states = yield* journal.states(id)
        const steps = yield* journal.steps(id)
        const transcript = yield* journal.transcript(id)
        return {
          id,
          state,
          detail,
          started_at: isoTime(startedAt),
          finished_at: isoTimeOrNull(finishedAt),
          routing: Option.getOrNull(Option.map(yield* routings.ofTurn(id), routingReport)),
          ...costReport(yield* ledger.ofTurn(id)),
          states: states.map(({ at, state }) => ({ state, at: isoTime(at) })),
          steps: steps.map(stepReport),
          messages: transcript.map(messageReport)
        } satisfies TurnReport
      })

      return Reports.of({
        sessions: Effect.map(store.list(listed), (found) => found.map(summaryOf)),
        session: Effect.fn("Reports.session")(function* (id) {
          const session = yield* find(id)
          const all = yield* journal.turns(session.id, Number.MAX_SAFE_INTEGER)
          const turns = yield* Effect.forEach(all, turnReport)
          const cost = turns.reduce((total, turn) => total + turn.cost_usd, 0)
          return { ...summaryOf(session), cost_usd: Number(cost.toFixed(6)), turns }
        })
      })
    })
  )
}
