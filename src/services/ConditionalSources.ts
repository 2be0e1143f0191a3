// SPDX-License-Identifier: MIT OR Apache-2.0
/** What may come with a new message: memories, skill bodies, facts. Others bring sources, the engine asks them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AgentName, ChannelName, PersonId, SessionId } from "../domain/Ids.ts"
import type { TextPart } from "../domain/Message.ts"

/** What is known of a turn before it is opened. */
export interface TurnFacts {
  readonly session: SessionId
  readonly agent: AgentName
  readonly person: PersonId
  readonly channel: ChannelName
  /** What the person wrote: the readable text of all messages that the turn will answer. */
  readonly words: string
}

/** A source had nothing to give; the turn goes on without it. */
export class SourceFailed extends Schema.TaggedError<SourceFailed>()("SourceFailed", {
  source: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.source}: ${this.detail}`
  }
}

export interface ConditionalSource {
  readonly name: string
  /** How many tokens it may take: a number, or what the settings give to memories or to skills. */
  readonly tokens: number | "memory" | "skills"
  /** The most needed first: what does not fit is left out from the end. */
  readonly produce: (
    facts: TurnFacts
  ) => Effect.Effect<ReadonlyArray<typeof TextPart.Type>, SourceFailed>
}

/** None unless a layer brings some. */
export const ConditionalSources = Context.Reference<ReadonlyArray<ConditionalSource>>(
  "blufio/services/ConditionalSources",
  { defaultValue: () => [] }
)
