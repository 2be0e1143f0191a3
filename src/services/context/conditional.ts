// SPDX-License-Identifier: MIT OR Apache-2.0
/** Gathers what comes with a new message, within budgets; what the window holds already is left out. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Dropped } from "../../domain/context/StepContext.ts"
import type { Part, TextPart } from "../../domain/Message.ts"
import { textEstimate } from "../../domain/promptEstimate.ts"
import type { SettingsData } from "../../domain/Settings.ts"
import { type ConditionalSource, SourceFailed, type TurnFacts } from "../ConditionalSources.ts"

export interface Conditional {
  readonly parts: ReadonlyArray<Part>
  readonly dropped: ReadonlyArray<Dropped>
}

/** A source that is slower than this is left out. */
const sourceWithin = Duration.seconds(5)

const ours = (text: string): typeof TextPart.Type => ({
  _tag: "Text",
  origin: "blufio",
  trusted: true,
  text
})

const time = (zone: DateTime.TimeZone): ConditionalSource => ({
  name: "time",
  tokens: 60,
  produce: () =>
    Effect.map(DateTime.now, (now) => {
      const zoned = DateTime.setZone(now, zone)
      const words = DateTime.format(zoned, {
        locale: "en-GB",
        dateStyle: "full",
        timeStyle: "short"
      })
      return [ours(`[Sent on ${words} (${DateTime.zoneToString(zone)})]`)]
    })
})

/** Stands in the window once: the same text is not inserted again. */
const channel: ConditionalSource = {
  name: "channel",
  tokens: 40,
  produce: (facts) => Effect.succeed([ours(`[This conversation takes place on: ${facts.channel}]`)])
}

const budgetOf = ({ tokens }: ConditionalSource, context: SettingsData["context"]) => {
  if (tokens === "memory") return { limit: context.memory_tokens, name: "context.memory_tokens" }
  if (tokens === "skills") return { limit: context.skill_tokens, name: "context.skill_tokens" }
  return { limit: tokens, name: "its budget" }
}

const gather = Effect.fnUntraced(function* (
  source: ConditionalSource,
  facts: TurnFacts,
  context: SettingsData["context"],
  present: Set<string>
) {
  const failed = (detail: string) =>
    Effect.logWarning("a source of context gave nothing").pipe(
      Effect.annotateLogs({ source: source.name, detail }),
      Effect.as({ parts: [], failure: detail })
    )
  const made = yield* source.produce(facts).pipe(
    Effect.timeoutOrElse({
      duration: sourceWithin,
      orElse: () =>
        Effect.fail(new SourceFailed({ source: source.name, detail: "it took too long" }))
    }),
    Effect.map((parts) => ({ parts, failure: "" })),
    Effect.catchTag("SourceFailed", ({ detail }) => failed(detail)),
    Effect.catchDefect((defect) =>
      Effect.andThen(Effect.logError("a source of context broke", defect), failed("it broke"))
    )
  )
  const { limit, name } = budgetOf(source, context)
  const parts: Array<Part> = []
  const dropped: Array<Dropped> =
    made.failure === "" ? [] : [{ what: source.name, why: `failed: ${made.failure}`, tokens: 0 }]
  let left = limit
  for (const part of made.parts) {
    const tokens = Math.ceil(textEstimate(part.text)) + 1
    const leaveOut = (why: string) => dropped.push({ what: source.name, why, tokens })
    if (present.has(part.text)) leaveOut("stands in the window already")
    else if (tokens > left) leaveOut(`over ${name} (${limit} tokens)`)
    else {
      left -= tokens
      present.add(part.text)
      parts.push(part)
    }
  }
  return { parts, dropped }
})

/** `present`: the texts that the window holds. One source after the other, so that the order stays. */
export const conditional = Effect.fnUntraced(function* (
  sources: ReadonlyArray<ConditionalSource>,
  facts: TurnFacts,
  settings: Pick<SettingsData, "agent" | "context">,
  present: ReadonlySet<string>
): Effect.fn.Return<Conditional> {
  const seen = new Set(present)
  const all = yield* Effect.forEach([time(settings.agent.time_zone), channel, ...sources], (one) =>
    gather(one, facts, settings.context, seen)
  )
  return {
    parts: all.flatMap(({ parts }) => parts),
    // That the chat is still the same is no news.
    dropped: all
      .flatMap(({ dropped }) => dropped)
      .filter(({ what, why }) => what !== "channel" || !why.startsWith("stands"))
  }
})
