// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: finds the dates in a text that are written as people write them. */
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"

export interface DatePhrase {
  /** Where it stands in the text. */
  readonly start: number
  readonly end: number
  readonly words: string
  /** Milliseconds since 1970: the time meant, with 09:00 for a day without one. */
  readonly at: number
  readonly isSpan: boolean
}

export class DatePhrases extends Context.Service<
  DatePhrases,
  {
    /** In the order of the text. What is said of a day or hour that passed means the next one. */
    readonly find: (
      text: string,
      moment: { readonly now: number; readonly zone: DateTime.TimeZone }
    ) => Effect.Effect<ReadonlyArray<DatePhrase>>
  }
>()("blufio/services/schedule/DatePhrases") {}
