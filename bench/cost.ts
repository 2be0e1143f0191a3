// SPDX-License-Identifier: MIT OR Apache-2.0
/** What Blufio adds to a person's words, how much of it is cached, and what a month comes to. */
import * as Effect from "effect/Effect"
import { months } from "./cost/months.ts"
import { overhead } from "./cost/overhead.ts"

export const cost = Effect.all({ overhead, months })
