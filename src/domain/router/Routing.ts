// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which model answers a turn, and why: stored with the turn, so that it is the same after a crash. */
import * as Schema from "effect/Schema"
import { Tier } from "./Tier.ts"

export const Routing = Schema.Struct({
  provider: Schema.String,
  /** What the router chose first. */
  intendedModel: Schema.String,
  /** What answers: another one after a fall-back. */
  model: Schema.String,
  tier: Tier,
  /** What the messages asked for, whatever budget, pin or cache made of it. */
  need: Tier,
  confidence: Schema.Finite,
  reasons: Schema.Array(Schema.String)
})
export type Routing = typeof Routing.Type
