// SPDX-License-Identifier: MIT OR Apache-2.0
/** How much a turn asks of a model: three steps, each with a configured model. */
import * as Schema from "effect/Schema"

export const Tier = Schema.Literals(["simple", "standard", "complex"])
export type Tier = typeof Tier.Type

/** From the cheapest up. */
export const tiers = Tier.literals

export const rankOf = (tier: Tier): number => tiers.indexOf(tier)

export const lower = (one: Tier, other: Tier): Tier => (rankOf(one) < rankOf(other) ? one : other)

/** The next one up; the highest stays. */
export const above = (tier: Tier): Tier => tiers[rankOf(tier) + 1] ?? tier

export type Models = Readonly<Record<Tier, string>>
