// SPDX-License-Identifier: MIT OR Apache-2.0
/** Changes every string in a JSON value, names of fields too. */
import type * as Schema from "effect/Schema"

export const mapStrings = (value: Schema.Json, change: (text: string) => string): Schema.Json => {
  if (typeof value === "string") return change(value)
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((one: Schema.Json) => mapStrings(one, change))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [change(name), mapStrings(inner, change)])
  )
}
