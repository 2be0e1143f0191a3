// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keeps prompts within their window: condenses the oldest part of a conversation, or leaves it out. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Compaction } from "../domain/compaction/Compaction.ts"
import { oldest, standing, turnSpans } from "../domain/compaction/window.ts"
import { textEstimate } from "../domain/promptEstimate.ts"
import type { Turn } from "../domain/Turn.ts"
import { Condenser, type Range } from "./context/Condenser.ts"
import { ContextEngine, type Prepared } from "./ContextEngine.ts"
import { ContextStore } from "./ContextStore.ts"
import { Journal } from "./Journal.ts"
import type { Session } from "./SessionStore.ts"
import { Settings } from "./Settings.ts"
import type { StoreError } from "./Store.ts"

/** What a turn needs at once does not fit, whatever is left out. */
export class MessageTooLong extends Schema.TaggedError<MessageTooLong>()("MessageTooLong", {
  tokens: Schema.Int,
  window: Schema.Int
}) {
  override get message(): string {
    return `about ${this.tokens} tokens do not fit into ${this.window}`
  }
}

/** After a compaction the prompt has at most this share of what starts one. */
const keptShare = 0.5
/** Less than this share of it is not worth a call. */
const smallestShare = 0.05
/** When condensed ranges take more of the window, the two oldest become one. */
const condensedShare = 0.15
/** After a failure that many turns go by before it is tried again. */
const restTurns = 5
/** A compaction that died with the process is asked again once. */
const mostInterrupted = 2

export type Outcome =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Failed"; readonly detail: string }
  | {
      readonly _tag: "Condensed"
      readonly before: number
      readonly after: number
      readonly kept: number
    }

const whyNot: Readonly<Record<string, string>> = {
  BudgetExceeded: "the budget does not cover it",
  "interrupted twice": "it was interrupted twice",
  refused: "the model declined",
  resting: "it failed a short while ago"
}

const spellFailure = (detail: string): string => whyNot[detail] ?? "the model failed"

export class Compactor extends Context.Service<
  Compactor,
  {
    /** The turn's next prompt, after condensing what would make it too long. */
    readonly fit: (
      turn: Turn,
      model: string
    ) => Effect.Effect<Prepared, MessageTooLong | StoreError>
    /** Condenses all but the newest turn, because a person asked. No turn may run meanwhile. */
    readonly now: (
      session: Session,
      focus: string,
      model: string
    ) => Effect.Effect<Outcome, StoreError>
    /** What the reply of a turn says about a part that was left out; "" when there is none. */
    readonly noteOf: (turn: Turn) => Effect.Effect<string, StoreError>
  }
>()("blufio/services/Compactor") {
  static readonly layer = Layer.effect(
    Compactor,
    Effect.gen(function* () {
      const condenser = yield* Condenser
      const engine = yield* ContextEngine
      const journal = yield* Journal
      const store = yield* ContextStore
      const { context } = yield* Settings

      /** Gives up what a dead process began; answers how often in a row that happened. */
      const afterCrash = Effect.fnUntraced(function* (rows: ReadonlyArray<Compaction>) {
        let inARow = 0
        for (const row of rows) {
          const died = row.state === "started" || row.detail === "interrupted"
          inARow = died ? inARow + 1 : 0
          if (row.state === "started")
            yield* store.fail(row.id, { detail: "interrupted", message: "", dropped: [] })
        }
        return inARow
      })

      const isResting = Effect.fnUntraced(function* (
        rows: ReadonlyArray<Compaction>,
        kind: Compaction["kind"]
      ) {
        const last = rows.findLast(
          (row) => row.kind === kind && row.state !== "started" && row.detail !== "interrupted"
        )
        if (last?.state !== "failed") return false
        const first = rows.findLast(
          (row) => row.kind === kind && row.state === "failed" && row.detail !== "resting"
        )
        const since = yield* store.turnsSince(last.session, (first ?? last).createdAt)
        return since < restTurns
      })

      /** The range that ends with a message: from the first that no summary stands for. */
      const rangeTo = Effect.fnUntraced(function* (
        turn: Turn,
        rows: ReadonlyArray<Compaction>,
        last: number
      ) {
        const history = yield* journal.history(turn.session)
        const covered = standing(rows).reduce(
          (most, row) => (row.state === "finished" ? Math.max(most, row.lastMessage) : most),
          0
        )
        const first = history.find(({ id }) => id > covered)
        return {
          turn,
          first: first?.id ?? last,
          last,
          newest: history.at(-1)?.id ?? last,
          entries: history.filter(({ id }) => id > covered && id <= last)
        } satisfies Range
      })

      const mergeOldest = Effect.fnUntraced(function* (turn: Turn, window: number) {
        const rows = yield* store.compactions(turn.session)
        const ranges = standing(rows).filter(({ state }) => state === "finished")
        const taken = ranges.reduce((sum, { message }) => sum + textEstimate(message), 0)
        const [one, two] = ranges
        if (one === undefined || two === undefined || taken <= window * condensedShare) return
        if (yield* isResting(rows, "merge")) return
        const history = yield* journal.history(turn.session)
        yield* condenser.condense(
          {
            turn,
            first: one.firstMessage,
            last: two.lastMessage,
            newest: history.at(-1)?.id ?? two.lastMessage,
            entries: history.filter(({ id }) => id >= one.firstMessage && id <= two.lastMessage)
          },
          { kind: "merge", focus: "", window, leaveOut: false }
        )
      })

      const compact = Effect.fnUntraced(function* (
        turn: Turn,
        prepared: Prepared,
        window: number,
        threshold: number
      ) {
        const rows = yield* store.compactions(turn.session)
        const interrupted = yield* afterCrash(rows)
        const spans = turnSpans(prepared.entries, prepared.tokensOf)
        const said = spans.reduce((sum, { tokens }) => sum + tokens, 0)
        const overhead = prepared.estimate - said
        const range = oldest(spans, Math.max(0, threshold * keptShare - overhead))
        const mustFit = prepared.estimate > window
        if (range === undefined || (range.tokens < threshold * smallestShare && !mustFit)) return
        const wanted = yield* rangeTo(turn, rows, range.last)
        const resting = yield* isResting(rows, "range")
        if (resting && !mustFit) return
        if (resting || interrupted >= mostInterrupted)
          return yield* condenser.leaveOut(
            wanted,
            window,
            resting ? "resting" : "interrupted twice"
          )
        yield* condenser.condense(wanted, { kind: "range", focus: "", window, leaveOut: true })
        yield* mergeOldest(turn, window)
      })

      /** Thinking of a running tool loop is bound to the prompt as it is: nothing may move then. */
      const isBound = ({ entries }: Prepared, turn: Turn) =>
        entries.some(
          (entry) => entry.turn === turn.id && entry.parts.some((part) => part._tag === "Reasoning")
        )

      const fit = Effect.fn("Compactor.fit")(function* (turn: Turn, model: string) {
        const window = engine.windowOf(model)
        const threshold = Math.floor(window * context.compact_at)
        const first = yield* engine.prepare(turn.session, model, turn.id)
        const isTooLong = first.estimate > threshold && !isBound(first, turn)
        if (isTooLong) yield* compact(turn, first, window, threshold)
        const prepared = isTooLong ? yield* engine.prepare(turn.session, model, turn.id) : first
        return prepared.estimate > window
          ? yield* new MessageTooLong({ tokens: prepared.estimate, window })
          : prepared
      })

      const now = Effect.fn("Compactor.now")(function* (
        session: Session,
        focus: string,
        model: string
      ) {
        const turn = Option.getOrUndefined(yield* journal.newest(session.id))
        const before = yield* engine.prepare(session.id, model)
        const range = oldest(turnSpans(before.entries, before.tokensOf), 0)
        if (turn === undefined || range === undefined) return { _tag: "Nothing" } satisfies Outcome
        const rows = yield* store.compactions(session.id)
        yield* afterCrash(rows)
        const window = engine.windowOf(model)
        const failure = yield* condenser.condense(yield* rangeTo(turn, rows, range.last), {
          kind: "range",
          focus,
          window,
          leaveOut: false
        })
        if (failure !== undefined)
          return { _tag: "Failed", detail: spellFailure(failure) } satisfies Outcome
        yield* mergeOldest(turn, window)
        const after = yield* engine.prepare(session.id, model)
        const kept = yield* store.notes(session.id, 0, range.last)
        return {
          _tag: "Condensed",
          before: before.estimate,
          after: after.estimate,
          kept: kept.length
        } satisfies Outcome
      })

      return Compactor.of({
        fit,
        now,
        noteOf: Effect.fn("Compactor.noteOf")(function* (turn) {
          const rows = yield* store.compactions(turn.session)
          const left = rows.findLast(
            (row) => row.turn === turn.id && row.state === "failed" && row.message !== ""
          )
          return left === undefined
            ? ""
            : `\n\n⚠️ The oldest part of this conversation could not be condensed (${spellFailure(left.detail)}), so I answered without it; your rules and tasks are kept. /compact tries again.`
        })
      })
    })
  )
}
