// SPDX-License-Identifier: MIT OR Apache-2.0
/** Ages of polls as they travel over the API. */
import * as Option from "effect/Option"
import type { PollAge } from "../../services/ChannelHealth.ts"

export const pollReport = (polls: ReadonlyArray<PollAge>) =>
  polls.map(({ ageMillis, channel }) => ({
    channel,
    age_seconds: Option.getOrNull(Option.map(ageMillis, (millis) => Math.round(millis / 100) / 10))
  }))
