// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks after the person unasked: code first, and a model only when something changed or is due. */
import type * as AiError from "effect/ai/AiError"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { beatPrompt, type Found, isNothing } from "../domain/heartbeat/beatPrompt.ts"
import { openItems, openPart } from "../domain/heartbeat/checklist.ts"
import { isQuiet } from "../domain/heartbeat/quietHours.ts"
import { type Chat, mainAgent, owner, SessionId, TurnId } from "../domain/Ids.ts"
import { textOf } from "../domain/Message.ts"
import { spokenTime } from "../domain/schedule/spoken.ts"
import { anthropicKey } from "../domain/secretName.ts"
import type { BudgetExceeded } from "./Budget.ts"
import { Checklist } from "./heartbeat/Checklist.ts"
import { type HeartbeatState, HeartbeatStore } from "./heartbeat/HeartbeatStore.ts"
import { ModelCall, type ModelCallError } from "./ModelCall.ts"
import type { ModelAnswer } from "./modelAnswer.ts"
import { Notices } from "./Notices.ts"
import { Outbox } from "./Outbox.ts"
import { Providers } from "./Provider.ts"
import { Redactor } from "./Redactor.ts"
import { ScheduleStore } from "./ScheduleStore.ts"
import { Secrets } from "./Secrets.ts"
import { Settings } from "./Settings.ts"
import { type StoreError, Transactions } from "./Store.ts"

/** An answer is one or two sentences. */
const maxOutputTokens = 500
const answersWithin = "3 minutes"

/** What a beat came to. */
export type Beat = "quiet" | "stopped" | "paused" | "nothing" | "silent" | "told" | "failed"

const stopReasons: Partial<Record<AiError.AiErrorReason["_tag"], string>> = {
  AuthenticationError:
    "the model's provider refused the key. Store a valid one: blufio secret set ANTHROPIC_API_KEY",
  QuotaExhaustedError: "the account at the model's provider has no credit left. Add some there"
}

/** Why no beat can succeed before a person has acted. */
const stopReason = (error: ModelCallError): string | undefined => {
  if (error._tag === "AiError") return stopReasons[error.reason._tag]
  return error._tag === "UnknownPrice"
    ? `no price is known for its model. Add [provider.prices."${error.model}"] to blufio.toml`
    : undefined
}

export class Heartbeat extends Context.Service<
  Heartbeat,
  {
    /** Milliseconds until the next beat; 0 when it is time. */
    readonly dueIn: Effect.Effect<number, StoreError>
    readonly beat: Effect.Effect<Beat, StoreError>
    /** At start: beats that a dead process left behind are given up. */
    readonly recover: Effect.Effect<void, StoreError>
  }
>()("blufio/services/Heartbeat") {
  static readonly layer = Layer.effect(
    Heartbeat,
    Effect.gen(function* () {
      const checklist = yield* Checklist
      const digest = yield* Digest.Digest
      const modelCall = yield* ModelCall
      const notices = yield* Notices
      const outbox = yield* Outbox
      const { chosen } = yield* Providers
      const redactor = yield* Redactor
      const schedules = yield* ScheduleStore
      const secrets = yield* Secrets
      const { agent, heartbeat } = yield* Settings
      const store = yield* HeartbeatStore
      const transactions = yield* Transactions
      const zone = agent.time_zone
      const every = Duration.toMillis(heartbeat.every)
      const skipUntil = yield* Ref.make(0)

      const digestOf = (text: string) =>
        Effect.orDie(digest.digestHex(Digest.sha256, new TextEncoder().encode(text)))

      /** Part of a digest: enough to tell keys apart, too little to find one. */
      const keyMark = Effect.flatMap(
        secrets.get(anthropicKey),
        Option.match({
          onNone: () => Effect.succeed(""),
          onSome: (key) =>
            Effect.map(digestOf(`heartbeat ${Redacted.value(key)}`), (hex) => hex.slice(0, 12))
        })
      )

      /** Tells the owner in the transaction at hand; wake what it answers with. */
      const tell = Effect.fnUntraced(function* (markdown: string) {
        const chat = yield* notices.enqueue(owner, markdown)
        if (Option.isNone(chat))
          yield* Effect.logWarning(
            "the heartbeat has something to say, but the owner has no chat yet"
          )
        return chat
      })
      const wake = Option.match({ onNone: () => Effect.void, onSome: outbox.wake })

      const mayGoOn = Effect.fnUntraced(function* ({ stoppedAt, stoppedKey }: HeartbeatState) {
        if (stoppedAt === null || (yield* store.hasPersonSpokenSince(stoppedAt))) return true
        return (yield* keyMark) !== stoppedKey
      })

      /** What there is to see, and whether it is worth a model's look. */
      const look = Effect.fnUntraced(function* (state: HeartbeatState, now: number) {
        const markdown = Option.getOrElse(yield* checklist.read, () => "")
        const items = openItems(markdown, zone)
        const failures = yield* schedules.failuresSince(owner, state.calledAt)
        const seen = yield* digestOf(openPart(markdown))
        const isDue = ({ dueAt }: (typeof items)[number]) => dueAt !== null && dueAt <= now
        const becameDue = items.some(
          (item) => isDue(item) && item.dueAt !== null && item.dueAt > state.calledAt
        )
        const isWorthIt =
          becameDue || failures.length > 0 || (items.length > 0 && seen !== state.seen)
        const scrubbed = (text: string) => redactor.inbound(text).text
        const found: Found = {
          now: `${spokenTime(now, zone)} (${DateTime.zoneToString(zone)})`,
          due: items.filter(isDue).map(({ text }) => scrubbed(text)),
          failures: failures.map(({ detail, text }) => `${text} (${detail})`),
          open: items.filter((item) => !isDue(item)).map(({ text }) => scrubbed(text))
        }
        return { found, isWorthIt, seen }
      })

      const keep = Effect.fnUntraced(function* (
        id: TurnId,
        state: HeartbeatState,
        answer: ModelAnswer
      ) {
        const text = textOf(answer.parts).trim()
        yield* store.save(state)
        if (isNothing(text)) {
          yield* store.finish(id, "silent", answer.finish, "", null)
          return Option.none<Chat>()
        }
        const chat = yield* tell(`💓 ${text}`)
        yield* store.finish(id, "told", answer.finish, text, Option.getOrNull(chat))
        return chat
      })

      const call = Effect.fnUntraced(function* (id: TurnId, found: Found, next: HeartbeatState) {
        const model = chosen.name === "demo" ? chosen.model : heartbeat.model
        const told = yield* Ref.make(Option.none<Chat>())
        const answer = yield* modelCall
          .call(
            {
              session: SessionId.make("heartbeat"),
              turn: id,
              agent: mainAgent,
              person: owner,
              purpose: "heartbeat",
              provider: chosen.name,
              model,
              intendedModel: model,
              reasons: [],
              prefixHash: "",
              prompt: beatPrompt(found),
              tools: [],
              maxOutputTokens
            },
            {
              started: Effect.succeed(0),
              delta: () => Effect.void,
              retrying: (error, afterMillis) =>
                Effect.logWarning("the heartbeat's model is asked again").pipe(
                  Effect.annotateLogs({ error: error.reason._tag, afterMillis })
                ),
              finished: (answer) =>
                Effect.flatMap(keep(id, next, answer), (chat) => Ref.set(told, chat))
            }
          )
          .pipe(Effect.timeoutOption(answersWithin))
        if (Option.isNone(answer)) {
          yield* store.finish(id, "failed", "no answer in time", "", null)
          return "failed" as const
        }
        const chat = yield* Ref.get(told)
        yield* wake(chat)
        return isNothing(textOf(answer.value.parts)) ? ("silent" as const) : ("told" as const)
      })

      const stop = Effect.fnUntraced(function* (state: HeartbeatState, now: number, why: string) {
        const stoppedKey = yield* keyMark
        const chat = yield* transactions.atomically(
          Effect.gen(function* () {
            yield* store.save({ ...state, stoppedAt: now, stoppedWhy: why, stoppedKey })
            return yield* tell(
              `⚠️ I stopped the heartbeat: ${why}. It goes on once you have written to me, or with another key.`
            )
          })
        )
        yield* wake(chat)
        return "stopped" as const
      })

      /** Until the day or month is over; told once for a month. */
      const pause = Effect.fnUntraced(function* (
        state: HeartbeatState,
        now: number,
        { window }: BudgetExceeded
      ) {
        const isToday = window !== "monthly" && !window.endsWith("_monthly")
        const here = DateTime.makeZonedUnsafe(now, { timeZone: zone })
        const start = DateTime.startOf(here, isToday ? "day" : "month")
        const end = DateTime.toEpochMillis(
          DateTime.add(start, isToday ? { days: 1 } : { months: 1 })
        )
        yield* Ref.set(skipUntil, end)
        if (isToday || state.pausedUntil >= end) return "paused" as const
        const chat = yield* transactions.atomically(
          Effect.andThen(
            store.save({ ...state, pausedUntil: end }),
            tell(
              "⚠️ The heartbeat's budget for this month is spent, so it rests until the next. " +
                "To go on now, raise budget.heartbeat_monthly_usd (or budget.monthly_usd) in blufio.toml and restart."
            )
          )
        )
        yield* wake(chat)
        return "paused" as const
      })

      const afterFailure = Effect.fnUntraced(function* (
        id: TurnId,
        state: HeartbeatState,
        now: number,
        error: Exclude<ModelCallError, StoreError>
      ) {
        const detail = error._tag === "AiError" ? error.reason._tag : error._tag
        yield* Effect.logWarning("the heartbeat could not ask its model").pipe(
          Effect.annotateLogs({ error: detail })
        )
        yield* store.finish(id, "failed", detail, "", null)
        if (error._tag === "BudgetExceeded") return yield* pause(state, now, error)
        const why = stopReason(error)
        return why === undefined ? ("failed" as const) : yield* stop(state, now, why)
      })

      const beat = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const before = yield* store.read
        const looked = { ...before, lookedAt: now }
        const rest = (outcome: Beat) => Effect.as(store.save(looked), outcome)
        if (isQuiet(now, zone, heartbeat.quiet_hours)) return yield* rest("quiet")
        if (now < (yield* Ref.get(skipUntil))) return yield* rest("paused")
        if (!(yield* mayGoOn(before))) return yield* rest("stopped")
        const state = { ...looked, stoppedAt: null, stoppedWhy: "", stoppedKey: "" }
        const { found, isWorthIt, seen } = yield* look(state, now)
        yield* store.save(state)
        if (!isWorthIt) return "nothing"
        const dueAt = Math.floor(now / every) * every
        const id = TurnId.make(`heartbeat-${dueAt}`)
        if (!(yield* store.claim(id, dueAt))) return "nothing"
        return yield* call(id, found, { ...state, calledAt: now, seen }).pipe(
          Effect.catchIf(
            (error) => error._tag !== "StoreError",
            (error) => afterFailure(id, state, now, error)
          )
        )
      }).pipe(Effect.withSpan("Heartbeat.beat"))

      return Heartbeat.of({
        beat,
        dueIn: Effect.gen(function* () {
          const since = (yield* Clock.currentTimeMillis) - (yield* store.read).lookedAt
          // A look in the future was taken by a clock that went wrong.
          return since < 0 ? 0 : Math.max(0, every - since)
        }),
        recover: store.loseStarted
      })
    })
  )
}
