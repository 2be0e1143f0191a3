// SPDX-License-Identifier: MIT OR Apache-2.0
/** Has a range of a conversation condensed by a cheap model: durable, budgeted, from raw messages only. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  askToCondense,
  type Condensed,
  readAnswer,
  spellEntry
} from "../../domain/compaction/ask.ts"
import type { Compaction } from "../../domain/compaction/Compaction.ts"
import { notesOf } from "../../domain/compaction/notes.ts"
import { renderRange, shareOf } from "../../domain/compaction/render.ts"
import { chunks } from "../../domain/compaction/window.ts"
import { textOf } from "../../domain/Message.ts"
import { contextOf } from "../../domain/models.ts"
import { clip, textEstimate } from "../../domain/promptEstimate.ts"
import type { Entry, Turn } from "../../domain/Turn.ts"
import { ContextStore } from "../ContextStore.ts"
import { ModelCall } from "../ModelCall.ts"
import type { ModelAnswer } from "../modelAnswer.ts"
import { Providers } from "../Provider.ts"
import { Redactor } from "../Redactor.ts"
import { Settings } from "../Settings.ts"
import { type StoreError, Transactions } from "../Store.ts"

/** Whole turns, with all that was said in them. */
export interface Range {
  /** The one that needs it: it is booked there. */
  readonly turn: Turn
  readonly first: number
  readonly last: number
  /** The session's newest message. */
  readonly newest: number
  readonly entries: ReadonlyArray<Entry>
}

interface Options {
  readonly kind: Compaction["kind"]
  readonly focus: string
  readonly window: number
  /** Whether the range is left out of the prompt when it cannot be condensed. */
  readonly leaveOut: boolean
}

/** A single call reads at most so much, and answers at most so much. */
const chunkTokens = 60_000
const chunkShare = 0.5
const maxOutputTokens = 4096

const wordsPerToken = 0.6

export class Condenser extends Context.Service<
  Condenser,
  {
    /** Answers why it failed; `undefined` when the range is condensed. */
    readonly condense: (
      range: Range,
      options: Options
    ) => Effect.Effect<string | undefined, StoreError>
    /** Leaves the range out without asking anybody. What must not be lost is kept all the same. */
    readonly leaveOut: (
      range: Range,
      window: number,
      detail: string
    ) => Effect.Effect<void, StoreError>
  }
>()("blufio/services/context/Condenser") {
  static readonly layer = Layer.effect(
    Condenser,
    Effect.gen(function* () {
      const modelCall = yield* ModelCall
      const providers = yield* Providers
      const redactor = yield* Redactor
      const store = yield* ContextStore
      const transactions = yield* Transactions
      const { provider } = yield* Settings
      const { chosen } = providers
      const model = chosen.name === "anthropic" ? provider.anthropic.model_simple : chosen.model

      const begin = (range: Range, { focus, kind }: Pick<Options, "focus" | "kind">) =>
        store.start({
          session: range.turn.session,
          turn: range.turn.id,
          kind,
          firstMessage: range.first,
          lastMessage: range.last,
          newestMessage: range.newest,
          focus,
          model
        })

      /** Keeps the notes and answers with what stands in place of the range. */
      const message = Effect.fnUntraced(function* (
        range: Range,
        window: number,
        condensed: ReadonlyArray<Condensed> | undefined
      ) {
        const { session } = range.turn
        const found = notesOf(range.entries)
        const quoted = (condensed ?? [])
          .flatMap(({ notes }) => notes)
          .filter(({ text }) => !found.some((note) => note.text.includes(text)))
        yield* store.addNotes(session, [...found, ...quoted])
        yield* store.closeTasks(
          session,
          (condensed ?? []).flatMap(({ done }) => done)
        )
        const prose = condensed?.map((one) => one.prose.trim()).join("\n")
        const rendered = renderRange({
          notes: yield* store.notes(session, range.first, range.last),
          entries: range.entries,
          prose,
          share: shareOf(window)
        })
        return { ...rendered, summary: prose ?? "" }
      })

      const giveUp = Effect.fnUntraced(function* (
        range: Range,
        options: Options,
        id: number | undefined,
        detail: string
      ) {
        yield* Effect.logWarning("a conversation could not be condensed").pipe(
          Effect.annotateLogs({ session: range.turn.session, detail })
        )
        yield* transactions.atomically(
          Effect.gen(function* () {
            // A reservation that was refused took its row along.
            const rows = yield* store.compactions(range.turn.session)
            const known = rows.some((row) => row.id === id) ? id : undefined
            const row = known ?? (yield* begin(range, options))
            const instead = options.leaveOut
              ? yield* message(range, options.window, undefined)
              : { message: "", dropped: [] }
            const gone = Math.ceil(
              range.entries.reduce((sum, entry) => sum + textEstimate(spellEntry(entry)), 0)
            )
            const dropped = options.leaveOut
              ? [{ what: "history", why: `not condensed: ${detail}`, tokens: gone }]
              : []
            yield* store.fail(row, {
              detail,
              message: instead.message,
              dropped: [...dropped, ...instead.dropped]
            })
          })
        )
        return detail
      })

      const condense = Effect.fn("Condenser.condense")(function* (range: Range, options: Options) {
        const { turn } = range
        const limit = Math.min(
          chunkTokens,
          Math.floor(options.window * chunkShare),
          Math.floor((contextOf(model) - maxOutputTokens) * chunkShare)
        )
        const texts = range.entries
          .map((entry) => clip(spellEntry(entry), limit))
          .filter((text) => text !== "")
        const pieces = chunks(texts, limit, textEstimate)
        const prose = shareOf(options.window).prose / Math.max(1, pieces.length)
        const read: Array<Condensed> = []
        let id: number | undefined
        let refusal: string | undefined

        const keep = Effect.fnUntraced(function* (answer: ModelAnswer, isLast: boolean) {
          const text = redactor.outbound(textOf(answer.parts)).trim()
          if (answer.finish === "content-filter") refusal = "refused"
          else if (text === "") refusal = "empty"
          if (refusal !== undefined) return
          read.push(readAnswer(text, range.entries))
          if (!isLast || id === undefined) return
          yield* store.finish(id, yield* message(range, options.window, read))
        })

        const asked = Effect.forEach(
          pieces,
          (piece, index) =>
            refusal !== undefined
              ? Effect.void
              : modelCall.call(
                  {
                    session: turn.session,
                    turn: turn.id,
                    agent: turn.agent,
                    person: turn.person,
                    purpose: "compaction",
                    provider: chosen.name,
                    model,
                    intendedModel: model,
                    reasons: ["condensing is done by the simple model"],
                    prefixHash: "",
                    prompt: askToCondense({
                      texts: piece,
                      focus: options.focus,
                      words: Math.max(40, Math.floor(prose * wordsPerToken))
                    }),
                    tools: [],
                    maxOutputTokens
                  },
                  {
                    started: Effect.suspend(() =>
                      id === undefined
                        ? Effect.tap(begin(range, options), (begun) =>
                            Effect.sync(() => {
                              id = begun
                            })
                          )
                        : Effect.succeed(id)
                    ),
                    delta: () => Effect.void,
                    retrying: (error, afterMillis) =>
                      Effect.logWarning("condensing is tried again").pipe(
                        Effect.annotateLogs({ error: error.reason._tag, afterMillis })
                      ),
                    finished: (answer) => keep(answer, index === pieces.length - 1)
                  }
                ),
          { discard: true }
        )

        return yield* asked.pipe(
          Effect.andThen(
            Effect.suspend(() =>
              refusal === undefined ? Effect.undefined : giveUp(range, options, id, refusal)
            )
          ),
          Effect.catchTag(
            ["AiError", "BudgetExceeded", "ProviderNotReady", "UnknownPrice"],
            (error) =>
              giveUp(range, options, id, error._tag === "AiError" ? error.reason._tag : error._tag)
          )
        )
      })

      return Condenser.of({
        condense,
        leaveOut: (range, window, detail) =>
          Effect.asVoid(
            giveUp(range, { kind: "range", focus: "", window, leaveOut: true }, undefined, detail)
          )
      })
    })
  )
}
