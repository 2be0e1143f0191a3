// SPDX-License-Identifier: MIT OR Apache-2.0
/** Lengths of time as people write them in the configuration: "10 minutes", "1200 millis". */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
  ["milli", 1]
] as const

/** The shortest exact way to write a duration, in the largest unit that divides it. */
const spell = (span: Duration.Duration): string => {
  const millis = Duration.toMillis(span)
  const unit = units.find(([, size]) => millis % size === 0)
  if (unit === undefined) return `${Duration.toNanosUnsafe(span)} nanos`
  const count = millis / unit[1]
  return `${count} ${unit[0]}${count === 1 ? "" : "s"}`
}

const expected = 'a duration above zero, such as "10 minutes" or "1200 millis"'

const decodes = (text: string): boolean =>
  Option.exists(
    Duration.fromInput(text as Duration.Input),
    (span) => Duration.isFinite(span) && Duration.isPositive(span)
  )

export const Span = Schema.String.check(Schema.makeFilter(decodes, { expected }))
  .pipe(
    Schema.decodeTo(Schema.Duration, {
      decode: SchemaGetter.transform((text: string) =>
        Duration.fromInputUnsafe(text as Duration.Input)
      ),
      encode: SchemaGetter.transform(spell)
    })
  )
  .annotate({ expected })
