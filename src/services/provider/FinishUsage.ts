// SPDX-License-Identifier: MIT OR Apache-2.0
/** The billed token counts of a finished call, read off `effect/ai`'s finish part. */
import type * as Response from "effect/ai/Response"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { TokenUsage } from "../../domain/prices.ts"

/** Key in a finish part's provider metadata that holds how many cache writes last an hour. */
const cacheWrite1hKey = "ephemeral_1h_input_tokens"

const hourlyWrites = (metadata: Response.ProviderMetadata): number => {
  for (const vendor of Object.values(metadata)) {
    if (!Predicate.hasProperty(vendor, "cacheCreation")) continue
    const split = vendor.cacheCreation
    if (Predicate.hasProperty(split, cacheWrite1hKey) && Predicate.isNumber(split[cacheWrite1hKey]))
      return split[cacheWrite1hKey]
  }
  return 0
}

/** `None` when the vendor did not say: then the call must be taken to have cost its worst case. */
export const usageOf = (
  finish: Pick<Response.FinishPart, "usage" | "metadata">
): Option.Option<TokenUsage> => {
  const { inputTokens, outputTokens } = finish.usage
  const written = inputTokens.cacheWrite ?? 0
  const cacheWrite1h = Math.min(written, hourlyWrites(finish.metadata))
  const cacheRead = inputTokens.cacheRead ?? 0
  return inputTokens.uncached === undefined || outputTokens.total === undefined
    ? Option.none()
    : Option.some({
        input: inputTokens.uncached,
        cacheRead,
        cacheWrite: written - cacheWrite1h,
        cacheWrite1h,
        output: outputTokens.total
      })
}
