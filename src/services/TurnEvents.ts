// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a turn does, as it happens, for whoever watches. Lossy by design: the journal is the truth. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { SessionId } from "../domain/Ids.ts"

const about = { session: SessionId, inReplyTo: Schema.Array(Schema.Int) }

export const TurnEvent = Schema.Union([
  /** A piece of the answer. */
  Schema.TaggedStruct("Delta", { ...about, text: Schema.String }),
  /** A piece of the model's thinking. */
  Schema.TaggedStruct("Thinking", { ...about, text: Schema.String }),
  /** What was streamed of this step is void: it is being tried again. */
  Schema.TaggedStruct("Retrying", { ...about, cause: Schema.String, afterMillis: Schema.Finite }),
  Schema.TaggedStruct("Tool", {
    ...about,
    name: Schema.String,
    state: Schema.Literals(["started", "finished", "failed"])
  }),
  /** The answer, complete. `failure`: the tag of what ended the turn, which the text explains. */
  Schema.TaggedStruct("Done", {
    ...about,
    text: Schema.String,
    failure: Schema.NullOr(Schema.String)
  })
]).pipe(Schema.toTaggedUnion("_tag"))
export type TurnEvent = typeof TurnEvent.Type

/** A watcher that falls this far behind loses the oldest events. */
const capacity = 4096

export class TurnEvents extends Context.Service<
  TurnEvents,
  {
    readonly publish: (event: TurnEvent) => Effect.Effect<void>
    /** Everything published from the moment of subscription on. */
    readonly subscribe: Effect.Effect<Stream.Stream<TurnEvent>, never, Scope.Scope>
  }
>()("blufio/services/TurnEvents") {
  static readonly layer = Layer.effect(
    TurnEvents,
    Effect.gen(function* () {
      const events = yield* PubSub.sliding<TurnEvent>(capacity)
      return TurnEvents.of({
        publish: (event) => Effect.asVoid(PubSub.publish(events, event)),
        subscribe: Effect.map(PubSub.subscribe(events), (subscription) =>
          Stream.fromEffectRepeat(PubSub.take(subscription))
        )
      })
    })
  )
}
