// SPDX-License-Identifier: MIT OR Apache-2.0
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { define } from "../../services/Toolbox.ts"

/** `zone`: the agent's, for when the model names none. */
export const currentTime = (zone: DateTime.TimeZone) =>
  define({
    name: "current_time",
    description: "The current date and time, in the agent's time zone unless another is named.",
    parameters: Schema.Struct({
      time_zone: Schema.optionalKey(
        Schema.TimeZoneNamedFromString.annotate({ description: "An IANA zone, e.g. Europe/Paris" })
      )
    }),
    idempotent: true,
    trusted: true,
    core: true,
    run: ({ time_zone }) =>
      Effect.map(DateTime.now, (now) => {
        const zoned = DateTime.setZone(now, time_zone ?? zone)
        const words = DateTime.format(zoned, {
          locale: "en-GB",
          dateStyle: "full",
          timeStyle: "long"
        })
        return `${DateTime.formatIsoZoned(zoned)} (${words})`
      })
  })
